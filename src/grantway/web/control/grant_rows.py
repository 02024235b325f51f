"""Grants as the pages list them: one shape for the owner, for the account and for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from grantway.integrations.scopes import access_in_words
from grantway.oauth import unused
from grantway.oauth.grants import GrantShown
from grantway.web.wording import DAY

_NEAR_ITS_END = 14 * DAY
_SHORT_ID = 8
_MOST_NAMED = 20
_WORKING = frozenset({"live", "stopped"})


def grant_row(
    grant: GrantShown, now: int, *, days: int | None, revoke_href: str, is_own: bool = False
) -> dict[str, Any]:
    """Return what `control/partials/grant_row.html` calls `grant`.

    *days* is the account's rule on unused access. *is_own*: it is the viewer's
    page about themselves, so the integration is named in place of the user.
    """
    state = grant.state(now)
    is_working = state in _WORKING
    ends_at = unused.ends_at(grant, days)
    return {
        "id": grant.grant_id,
        "who": grant.integration_name if is_own else grant.user_name,
        "where": grant.account_name if is_own else "",
        "user": grant.user_name,
        "integration": grant.integration_name,
        "account": grant.account_name,
        "is_own": is_own,
        "is_long_lived": grant.is_long_lived,
        # Access tokens carry it whole, as `hash_uuid`.
        "short_id": grant.uuid[:_SHORT_ID],
        "state": state,
        "access": access_in_words(grant.scopes),
        "created_at": grant.created_at,
        # The next sweep ends what is due already; a moment that is over would read as a fault.
        "ends_at": max(ends_at, now) if is_working else grant.expires_at,
        "is_ending": is_working and ends_at - now < _NEAR_ITS_END,
        "ends_unused": is_working and (not grant.is_long_lived or ends_at < grant.expires_at),
        "last_used_at": grant.last_used_at,
        "last_used_from": grant.last_used_from or "",
        "is_reused": is_working and grant.reused_at is not None,
        "reused_at": grant.reused_at,
        "has_left": is_working and not grant.is_authorizer_active,
        "has_lent_rights": is_working and grant.is_authorizer_active and grant.has_lent_rights,
        "revoked_at": grant.ended_at,
        "revoked_by": _ended_by(grant),
        "revoke_href": revoke_href,
        "is_fresh": False,
    }


def warnings_of(rows: Iterable[dict[str, Any]]) -> dict[str, Sequence[str]]:
    """Return the names that `control/partials/grant_warnings.html` asks for, each once.

    Where they are many the last one is that of all others.
    """
    found: dict[str, dict[str, None]] = {"reused": {}, "left_on": {}, "left_off": {}, "lent": {}}
    for row in rows:
        if row["is_reused"]:
            found["reused"][row["user"]] = None
        if row["has_left"]:
            found["left_on" if row["state"] == "live" else "left_off"][row["user"]] = None
        if row["has_lent_rights"]:
            found["lent"][row["user"]] = None
    return {
        kind: list(names) if len(names) <= _MOST_NAMED else [*list(names)[:_MOST_NAMED], "others"]
        for kind, names in found.items()
    }


def _ended_by(grant: GrantShown) -> str:
    if grant.is_ended_by_operator:
        return "the operator"
    return grant.ended_by or ""
