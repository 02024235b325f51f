"""The account's own history (S-184)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway import audit
from grantway.accounts import service as accounts
from grantway.audit import EntryRow
from grantway.integrations import service as integrations
from grantway.web.control.desk import ACCOUNT, Desk, get
from grantway.web.control.happenings import integration_of, what_happened
from grantway.web.control.turning import asked_turn, pages

_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """Answer `GET /accounts/<subdomain>/activity`."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [get(f"{ACCOUNT}/activity", self.show)]

    async def show(self, request: Request) -> Response:
        turn = asked_turn(request)
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "activity")
            found = await audit.entries(
                reader,
                place.account.id,
                before_id=turn.before_id,
                after_id=turn.after_id,
                limit=_ON_A_PAGE,
            )
            names = await accounts.names(
                reader,
                [
                    user_id
                    for one in found.entries
                    for user_id in (one.user_id, one.authorizer_id)
                    if user_id is not None
                ],
            )
            named = {one.client_id for one in found.entries} | set(
                map(integration_of, found.entries)
            )
            known = await integrations.names(reader, place.actor, [n for n in named if n])
        context["entries"] = [_shown(one, names, known) for one in found.entries]
        context["page"] = pages(
            turn,
            found,
            count=len(found.entries),
            most=_ON_A_PAGE,
            base=f"{place.href}/activity",
        )
        return self.desk.page("control/activity.html", context)


def _shown(entry: EntryRow, names: Mapping[int, str], known: Mapping[str, str]) -> dict[str, Any]:
    what, detail = what_happened(entry, known)
    who = known.get(entry.client_id or "", _person(entry, names))
    if entry.authorizer_id is not None:
        giver = names.get(entry.authorizer_id, "somebody")
        as_whom = f"as {_person(entry, names)}, with access from {giver}"
        detail = f"{detail}, {as_whom}" if detail else f"A{as_whom[1:]}"
    return {"at": entry.at, "who": who, "what": what, "detail": detail, "source": entry.source}


def _person(entry: EntryRow, names: Mapping[int, str]) -> str:
    if entry.user_id is not None:
        return names.get(entry.user_id, "Somebody")
    # The platform itself, by a rule of the account, or the operator at the command line.
    return "Grantway" if entry.actor == "platform" else "The operator"
