"""One table row per operation of the REST API: route, scope, shapes, and so the documentation.

`OperationTable` is the ASGI application behind `/api/v4`: it finds the row,
counts the call, asks who is calling, reads and checks the body, calls, and
turns what comes back (or is raised) into the contract's answer.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog

from grantway.accounts.actor import Actor
from grantway.asgi.answers import (
    BLOCKED,
    Answer,
    method_not_allowed,
    problem,
    refusal,
    server_error,
)
from grantway.asgi.authorization import challenge
from grantway.asgi.bodies import Body, Item, read_items
from grantway.asgi.callers import Callers
from grantway.asgi.deciding import decide
from grantway.asgi.limits import Blocked, Limiter
from grantway.asgi.query import MAX_QUERY, Query
from grantway.asgi.requests import Scope, Sources, header, read_body
from grantway.db import Database
from grantway.kernel.addresses import PUBLIC, Addresses
from grantway.kernel.clock import Clock
from grantway.kernel.errors import Forbidden, GrantwayError, Invalid, Unauthorized
from grantway.oauth.bearer import Bearer

log = structlog.get_logger()
_SLASHES = re.compile(r"/{2,}")
MAX_PATH = 2_000
WORD = "[A-Za-z0-9_-]{1,64}"
"""What a text in a path is made of: nothing in it means anything to SQL, HTML or addresses."""
_WORD = re.compile(WORD)


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of the query or of the path, for the documentation.

    In a path, one whose schema is a string is a `WORD`; every other is a number.
    One of the query that *is_needed* cannot be left out.
    """

    name: str
    about: str
    schema: dict[str, Any]
    example: Any = None
    is_needed: bool = False


class Call:
    """A request whose caller is known and whose body is understood.

    *ids* are the numbers of its path, *names* the texts.
    """

    __slots__ = ("bearer", "ids", "items", "names", "now", "origin", "query")

    def __init__(
        self,
        bearer: Bearer,
        ids: dict[str, int],
        names: dict[str, str],
        query: Query,
        items: list[Item],
        origin: str,
        now: int,
    ) -> None:
        self.bearer = bearer
        self.ids = ids
        self.names = names
        self.query = query
        self.items = items
        self.origin = origin
        self.now = now

    @property
    def actor(self) -> Actor:
        """Who is calling."""
        return self.bearer.actor

    @property
    def account_id(self) -> int:
        """Whose data is concerned."""
        return self.bearer.actor.account_id


Handler = Callable[[Call], Awaitable[Answer]]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. *scope* has no default: a row without a rule of access cannot be written.

    *returns* says what each success status carries: a type of `schemas`, a msgspec
    type, a JSON Schema, or None for an empty body. *refuses* says when it answers a
    status that not every operation may answer. *name* is what the reference calls
    it: as *call* is called, unless said. What gives access, or shows what does, is
    *closed_to_sessions*: no script of a workspace can call it (S-139).
    """

    method: str
    path: str
    call: Handler
    scope: str
    tag: str
    summary: str
    returns: Mapping[int, Any]
    refuses: Mapping[int, str] = {}
    about: str = ""
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    for_administrators: bool = False
    max_limit: int = 250
    name: str = ""
    closed_to_sessions: bool = False


class _Row(NamedTuple):
    """An operation, and what it calls the numbers and the texts of its path."""

    operation: Operation
    ids: list[str]
    names: list[str]


class _Node:
    """A step of a path: what may follow, and what may be done here."""

    __slots__ = ("fixed", "methods", "number", "word")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.number: _Node | None = None
        self.word: _Node | None = None
        self.methods: dict[str, _Row] = {}


class _Found(NamedTuple):
    """Where a path leads, and the numbers and texts in it."""

    node: _Node
    numbers: Sequence[int]
    words: Sequence[str]


class OperationTable:
    """Serves the operations."""

    def __init__(
        self,
        operations: Sequence[Operation],
        *,
        db: Database,
        callers: Callers,
        limiter: Limiter,
        sources: Sources,
        addresses: Addresses,
        now: Clock,
        is_strict: bool,
    ) -> None:
        self.operations = operations
        self._db = db
        self._callers = callers
        self._limiter = limiter
        self._sources = sources
        self._addresses = addresses
        self._now = now
        self._is_strict = is_strict
        self._reference_origin = addresses.origin(PUBLIC).encode()
        self._root = _Node()
        self._exact: dict[str, _Found] = {}
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        ids: list[str] = []
        names: list[str] = []
        words = {one.name for one in operation.parameters if one.schema.get("type") == "string"}
        for step in operation.path.strip("/").split("/"):
            if not step.startswith("{"):
                node = node.fixed.setdefault(step, _Node())
            elif (name := step[1:-1]) in words:
                names.append(name)
                node.word = node.word or _Node()
                node = node.word
            else:
                ids.append(name)
                node.number = node.number or _Node()
                node = node.number
        if operation.method in node.methods:
            raise ValueError(f"{operation.method} {operation.path} stands in the table twice")
        node.methods[operation.method] = _Row(operation, ids, names)
        if not ids and not names:
            self._exact[operation.path] = _Found(node, (), ())

    def _find(self, path: str) -> _Found | None:
        found = self._exact.get(path)
        if found is not None:
            return found
        if len(path) > MAX_PATH:
            return None
        node = self._root
        numbers: list[int] = []
        words: list[str] = []
        for step in _SLASHES.sub("/", path).strip("/").split("/"):
            if step in node.fixed:
                node = node.fixed[step]
            elif node.number and step.isascii() and step.isdigit() and len(step) < 19:
                numbers.append(int(step))
                node = node.number
            elif node.word and _WORD.fullmatch(step):
                words.append(step)
                node = node.word
            else:
                return None
        return _Found(node, numbers, words) if node.methods else None

    async def answer(
        self, scope: Scope, receive: Any, *, subdomain: str | None, request_id: str
    ) -> Answer:
        """Answer one request; never raises."""
        try:
            answer = await self._answer(scope, receive, subdomain)
        except Blocked:
            return BLOCKED
        except GrantwayError as error:
            if error.why:
                log.info("api.refused", why=error.why, request_id=request_id)
            answer = refusal(error)
            if demand := challenge(error):
                answer = answer._replace(headers=(*answer.headers, demand))
        except Exception:
            log.exception("api.failed", request_id=request_id)
            answer = server_error(request_id)
        if header(scope, b"origin") == self._reference_origin:
            answer = answer._replace(headers=answer.headers + self._for_reference())
        return answer

    def _for_reference(self) -> tuple[tuple[bytes, bytes], ...]:
        # The reference page sends requests with the reader's own token, and never with cookies.
        return (
            (b"access-control-allow-origin", self._reference_origin),
            (b"access-control-expose-headers", b"x-request-id, retry-after"),
            (b"vary", b"origin"),
        )

    def _preflight(self, scope: Scope, node: _Node) -> Answer:
        if header(scope, b"origin") != self._reference_origin:
            return method_not_allowed(node.methods)
        return Answer(
            204,
            headers=(
                (b"access-control-allow-methods", ", ".join(sorted(node.methods)).encode()),
                (b"access-control-allow-headers", b"authorization, content-type, accept"),
                (b"access-control-max-age", b"600"),
            ),
        )

    async def _answer(self, scope: Scope, receive: Any, subdomain: str | None) -> Answer:
        method: str = scope["method"]
        found = self._find(scope["path"])
        if method == "OPTIONS" and found is not None:
            return self._preflight(scope, found.node)
        source = self._sources.of(scope)
        now = self._now()
        bearer = await self._admitted(scope, subdomain, source, now)
        if self._is_strict and not bearer.is_strict:
            bearer = msgspec.structs.replace(bearer, is_strict=True)
        actor = bearer.actor
        scope["grantway.caller"] = bearer.actor
        visitor = bearer.session_id and f"session:{bearer.session_id}"
        # Neither does a page that asks too much have everybody blocked who shares its address.
        await self._limiter.admit_integration(
            actor.client_id or visitor, actor.account_id, visitor or source
        )
        try:
            return await self._answer_to(bearer, scope, receive, found, now)
        finally:
            await self._callers.note_use(bearer, now)

    async def _admitted(self, scope: Scope, subdomain: str | None, source: str, now: int) -> Bearer:
        """Return who calls; count the address of whoever is no visitor of a workspace.

        People share their address with colleagues, and with any page that has their
        browser call us. Whoever proves a session has a rate of their own instead.
        """
        is_visitor = self._callers.is_visitor(scope, subdomain)
        if not is_visitor:
            await self._limiter.admit_address(source)
        try:
            async with self._db.read() as reader:
                return await self._callers.accept(
                    reader, scope, subdomain=subdomain, source=source, now=now
                )
        except (Unauthorized, Forbidden):
            if is_visitor:
                await self._limiter.admit_address(source)
            raise

    async def _answer_to(
        self,
        bearer: Bearer,
        scope: Scope,
        receive: Any,
        found: _Found | None,
        now: int,
    ) -> Answer:
        """Answer somebody who is known."""
        method: str = scope["method"]
        actor = bearer.actor
        origin = self._addresses.origin(bearer.subdomain)
        if found is None:
            path = scope["path"][:MAX_PATH]
            return problem(404, f"Cannot {method} {origin}{path}")
        node, numbers, words = found
        row = node.methods.get("GET" if method == "HEAD" else method)
        if row is None:
            return method_not_allowed(node.methods)
        operation = row.operation
        ids = dict(zip(row.ids, numbers, strict=True))
        names = dict(zip(row.names, words, strict=True))
        if bearer.session_id and operation.closed_to_sessions:
            raise Forbidden("This needs a token; a page of the workspace cannot call it")
        bearer.must_have(operation.scope)
        if operation.for_administrators:
            actor.must_administer()
        raw_query: bytes = scope["query_string"]
        if len(raw_query) > MAX_QUERY:
            raise Invalid(f"The query may have {MAX_QUERY} bytes at most")
        items: list[Item] = []
        if operation.body is not None:
            body = await read_body(receive, scope)
            items = read_items(operation.body, body, scope, is_strict=bearer.is_strict)
        query = Query(raw_query, max_limit=operation.max_limit)
        call = Call(bearer, ids, names, query, items, origin, now)
        return await decide(lambda: operation.call(call))
