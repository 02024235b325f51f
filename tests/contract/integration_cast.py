"""danalabs, a technical account with Dana; acme with Alice and Bob, bolt with Charlie."""

from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.accounts.model import Role
from grantway.accounts.service import NewAccount
from grantway.db import Database, Transaction
from grantway.integrations.public import PublicSettings
from grantway.kernel.sealing import Seal

NOW = 1_800_000_000
SEAL = Seal([bytes(range(32))])

COMPLETE = PublicSettings(
    name="Parcel tracker",
    short_description="Parcels beside your leads",
    description="Shows where each parcel is.",
    instructions="Press the button on https://parcel.example/connect",
    redirect_uri="https://parcel.example/agreed",
    revoke_hook_uri="https://parcel.example/revoked",
    scopes=("crm", "notifications"),
    owner_name="Dana Labs",
    owner_uri="https://parcel.example/",
    privacy_uri="https://parcel.example/privacy",
)
"""Everything that a draft needs to be published."""


class People:
    """Who may act, each in their own account."""

    dana: Actor
    alice: Actor
    bob: Actor
    charlie: Actor
    db: Database


async def open_people(db: Database) -> People:
    """Put the accounts and their people into an empty database."""
    people = People()
    people.db = db
    async with db.write() as tx:
        (people.dana,) = await _open(tx, "danalabs", ("dana", Role.ADMINISTRATOR))
        people.alice, people.bob = await _open(
            tx, "acme", ("alice", Role.ADMINISTRATOR), ("bob", Role.USER)
        )
        (people.charlie,) = await _open(tx, "bolt", ("charlie", Role.ADMINISTRATOR))
    return people


async def _open(tx: Transaction, subdomain: str, *people: tuple[str, Role]) -> list[Actor]:
    new = NewAccount(subdomain=subdomain, name=subdomain, is_technical=subdomain == "danalabs")
    account = await accounts.create_account(tx, new, NOW)
    actors = []
    for name, role in people:
        user = await accounts.create_user(
            tx, email=f"{name}@{subdomain}.example", name=name, password_hash=None, now=NOW
        )
        await accounts.add_user_to_account(tx, account.id, user.id, role, NOW)
        actor = await accounts.actor_for(tx, account.id, user.id, "tests")
        assert actor is not None
        actors.append(actor)
    return actors
