"""`POST /oauth2/access_token`: a code or a refresh token for a pair (authorization.md 5)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import structlog

from grantway.accounts import service as accounts
from grantway.api.oauth2.asking import Asking
from grantway.api.oauth2.fields import credentials, read_fields
from grantway.asgi.answers import PROBLEM, Answer
from grantway.asgi.deciding import decide
from grantway.asgi.limits import Limiter
from grantway.db import Database, Transaction
from grantway.integrations.clients import Client
from grantway.kernel.errors import NotFound
from grantway.oauth import refusals as no
from grantway.oauth.clients import authenticate
from grantway.oauth.exchange import CodeExchange, Exchange, read_exchange
from grantway.oauth.families import Presented
from grantway.oauth.pairs import PairDue, Pairs, TokenPair
from grantway.oauth.refreshing import Refreshing, read_refresh
from grantway.oauth.refusals import Refusal

log = structlog.get_logger()
PATH = "/oauth2/access_token"
JSON = b"application/json"
_CHALLENGES = {401: ((b"www-authenticate", b'Basic realm="oauth2"'),)}  # RFC 9110, 15.5.2
_TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"
_TEXTS = {
    "en": (
        ("Incorrect request", "Some parameters of the request are absent or not valid"),
        ("Incorrect client", "The client could not be authenticated"),
    ),
    # As the original writes them to accounts of this language.
    "ru": (
        (
            "Некорректный запрос",
            "В запросе отсутствует ряд параметров или параметры невалидны",  # noqa: RUF001 - Russian
        ),
        ("Некорректный клиент", "Авторизация клиента не прошла"),
    ),
}


class _Granted(msgspec.Struct):
    """The answer, its members in the contract's order."""

    token_type: str
    expires_in: int
    server_time: int
    access_token: str
    refresh_token: str


class _Refused(msgspec.Struct):
    """The refusal, its members in the contract's order."""

    hint: str
    title: str
    type: str
    status: int
    detail: str


class TokenEndpoint:
    """Issues pairs."""

    def __init__(
        self,
        db: Database,
        exchange: Exchange,
        refreshing: Refreshing,
        pairs: Pairs,
        limiter: Limiter,
    ) -> None:
        self._db = db
        self._exchange = exchange
        self._refreshing = refreshing
        self._pairs = pairs
        self._limiter = limiter

    async def __call__(self, asking: Asking) -> Answer:
        """Answer with a pair or a refusal. Raises TooMany, Blocked, TooLarge, TooSlow."""
        # Before anything is believed (S-172); apart from the calls of the API.
        await self._limiter.admit_address(asking.source)
        fields = await read_fields(asking.scope, asking.receive)
        if isinstance(fields, Refusal):
            return await self._refuse(asking, fields)
        client = await self._client(asking, fields)
        if isinstance(client, Refusal):
            return await self._refuse(asking, client)
        # Only proof counts against an integration (S-171).
        await self._limiter.admit_integration(client.client_id, None, asking.source)
        sent = _read(client, fields)
        if isinstance(sent, Refusal):
            return await self._refuse(asking, sent, is_known=True)
        due = await decide(lambda: self._decide(asking, client, sent))
        if isinstance(due, Refusal):
            return await self._refuse(asking, due, is_known=True)
        return _granted(self._pairs.sign(due, asking.now), asking.now)

    async def _client(self, asking: Asking, fields: Mapping[str, str]) -> Client | Refusal:
        if fields.get("grant_type") not in {"authorization_code", "refresh_token"}:
            return no.GrantTypeWrong()
        who = credentials(dict(fields), asking.scope)
        if isinstance(who, Refusal):
            return who
        async with self._db.read() as reader:
            return await authenticate(reader, who.client_id, who.client_secret)

    async def _decide(
        self, asking: Asking, client: Client, sent: CodeExchange | Presented
    ) -> PairDue | Refusal:
        async with self._db.write() as tx:
            return await self._grant(tx, asking, client, sent)

    async def _grant(
        self, tx: Transaction, asking: Asking, client: Client, sent: CodeExchange | Presented
    ) -> PairDue | Refusal:
        subdomain, source, now = asking.subdomain, asking.source, asking.now
        if isinstance(sent, CodeExchange):
            return await self._exchange.redeem_code(
                tx, client, sent, subdomain=subdomain, source=source, now=now
            )
        return await self._refreshing.refresh(
            tx, client, sent, subdomain=subdomain, source=source, now=now
        )

    async def _refuse(self, asking: Asking, refusal: Refusal, *, is_known: bool = False) -> Answer:
        """Answer with the refusal, in the language of the host's account.

        Raises NotFound for a host without an account: clients look for the
        account's present name then (authorization.md 8). That is told to
        integrations alone that proved who they are (S-101).
        """
        log.info(
            "oauth.refused",
            hint=refusal.hint,
            why=refusal.why,
            request_id=asking.request_id,
        )
        language = None
        if asking.subdomain is not None:
            async with self._db.read() as reader:
                language = await accounts.language_of(reader, asking.subdomain)
            if language is None and is_known:
                raise NotFound("There is no account on this host")
        ordinary, of_the_client = _TEXTS.get(language or "en", _TEXTS["en"])
        title, detail = of_the_client if isinstance(refusal, no.ClientStopped) else ordinary
        body = _Refused(refusal.hint, title, _TYPE, refusal.status, detail)
        return Answer(refusal.status, _encode(body), PROBLEM, _CHALLENGES.get(refusal.status, ()))


def _read(client: Client, fields: Mapping[str, str]) -> CodeExchange | Presented | Refusal:
    redirect_uri = fields.get("redirect_uri", "")
    if fields["grant_type"] == "refresh_token":
        return read_refresh(client, fields.get("refresh_token", ""), redirect_uri)
    sent = CodeExchange(
        code=fields.get("code", ""),
        redirect_uri=redirect_uri,
        verifier=fields.get("code_verifier", ""),
    )
    return read_exchange(client, sent)


def _granted(pair: TokenPair, now: int) -> Answer:
    body = _Granted("Bearer", pair.expires_in, now, pair.access_token, pair.refresh_token)
    return Answer(200, _encode(body), JSON)


_encode = msgspec.json.Encoder().encode
