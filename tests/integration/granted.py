"""Dana's published integration at work in acme and bolt, with real pairs of tokens."""

from typing import Any

import msgspec

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.installations import service as installations
from grantway.integrations import public
from grantway.integrations import service as integrations
from grantway.integrations.public import PublicSettings
from grantway.moderation import publication
from grantway.oauth.codes import Terms, issue_consented_code
from grantway.oauth.grants import of_integration
from grantway.oauth.model import GrantShown
from tests.integration.api_client import Api
from tests.integration.token_endpoint import exchange, refresh

CALLBACK = "https://parcel.example/agreed"
PARCEL = PublicSettings(
    name="Parcel tracker",
    short_description="Parcels beside your leads",
    description="Shows where each parcel is.",
    instructions="Press the button.",
    redirect_uri=CALLBACK,
    revoke_hook_uri="https://parcel.example/revoked",
    scopes=("crm", "notifications"),
    owner_name="Dana Labs",
    owner_uri="https://parcel.example/",
    privacy_uri="https://parcel.example/privacy",
)


class Parcel:
    """The integration; `consent` and `pair` act for Alice of acme unless they name another."""

    def __init__(self, api: Api, dana: Actor, client_id: str, secret: str) -> None:
        self.api = api
        self.dana = dana
        self.client_id = client_id
        self.secret = secret

    @property
    def credentials(self) -> dict[str, Any]:
        return {
            "client_id": self.client_id,
            "client_secret": self.secret,
            "redirect_uri": CALLBACK,
        }

    async def actor(self, user: str = "Alice", cast: str = "acme") -> Actor:
        one = self.api.cast[cast]
        async with self.api.db.read() as reader:
            actor = await accounts.actor_for(reader, one.account_id, one.users[user], "tests")
        assert actor is not None
        return actor

    async def consent(self, user: str = "Alice", cast: str = "acme") -> str:
        """Return the code of a fresh consent."""
        actor = await self.actor(user, cast)
        now = self.api.clock()
        terms = Terms(
            client_id=self.client_id,
            redirect_uri=CALLBACK,
            scopes="push_notifications crm notifications",
            is_strict=False,
        )
        async with self.api.db.write() as tx:
            place = await installations.live_installation(tx, actor.account_id, self.client_id)
            administrator = self.api.cast[cast].actor
            place = place or await installations.install(tx, administrator, self.client_id, now)
            return (await issue_consented_code(tx, actor, terms, place, now)).code

    async def exchange(self, code: str, cast: str = "acme") -> Any:
        return await exchange(self.api, code, cast=cast, fields=self.credentials)

    async def refresh(self, token: str, cast: str = "acme") -> Any:
        return await refresh(self.api, token, cast=cast, fields=self.credentials)

    async def pair(self, user: str = "Alice", cast: str = "acme") -> dict[str, str]:
        """Return the first pair of a fresh consent."""
        answer = await self.exchange(await self.consent(user, cast), cast)
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        return pair

    async def works(self, pair: dict[str, str]) -> bool:
        """Tell whether the API accepts the access token."""
        answer = await self.api.get("/api/v4/account", token=pair["access_token"])
        assert answer.status_code in {200, 401}, answer.text
        return answer.status_code == 200

    async def grants(self) -> list[GrantShown]:
        async with self.api.db.read() as reader:
            return await of_integration(reader, await self.actor(), self.client_id)

    async def live(self) -> list[int]:
        """Return the ids of acme's live grants, the newest first."""
        now = self.api.clock()
        return [one.grant_id for one in await self.grants() if one.state(now) == "live"]

    async def hooks(self, account: str = "acme") -> int:
        """Return how many revoke hooks were planned in an account."""
        async with self.api.db.read() as reader:
            found: int = await reader.value(
                """
                select count(*) from deliveries
                 where account_id = :account_id and client_id = :client_id and kind = 'revoke'
                """,
                account_id=self.api.cast[account].account_id,
                client_id=self.client_id,
            )
        return found


async def make_parcel(api: Api, **changes: Any) -> Parcel:
    """Make danalabs with Dana, and publish her integration."""
    now = api.clock()
    async with api.db.write() as tx:
        account = await accounts.create_account(
            tx, NewAccount(subdomain="danalabs", name="Dana Labs", is_technical=True), now
        )
        user = await accounts.create_user(
            tx, email="dana@danalabs.example", name="Dana", password_hash=None, now=now
        )
        await accounts.add_user_to_account(tx, account.id, user.id, Role.ADMINISTRATOR, now)
        dana = await accounts.actor_for(tx, account.id, user.id, "tests")
        assert dana is not None
        made = await public.create_public(tx, dana, msgspec.structs.replace(PARCEL, **changes), now)
        secret = await integrations.generate_secret(
            tx, dana, made.client_id, api.platform.seal, now
        )
        await publication.publish_unreviewed(tx, made.client_id, now)
    return Parcel(api, dana, made.client_id, secret)
