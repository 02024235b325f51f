"""Who an audit entry says it was (S-184)."""

from typing import Any

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.rights import EVERYTHING, ORDINARY
from grantway.audit import Event
from grantway.kernel.errors import Forbidden

ALICE = Actor(account_id=1, user_id=11, is_administrator=True, rights=EVERYTHING, source="here")
BOB = Actor(account_id=1, user_id=12, is_administrator=False, rights=ORDINARY, source="here")
BY_TOKEN: dict[str, Any] = {"client_id": "0f3c9a52", "grant_id": 7}
BY_OPERATOR: dict[str, Any] = {"is_operator": True}


@pytest.mark.parametrize(
    ("actor", "changes", "kind", "user_id"),
    [
        (ALICE, {}, "user", 11),
        (BOB, {}, "user", 12),
        (ALICE, BY_TOKEN, "integration", 11),
        (ALICE, BY_OPERATOR, "operator", None),
        (ALICE, BY_TOKEN | BY_OPERATOR, "operator", None),
    ],
)
def test_an_entry_names_the_one_who_acted(
    actor: Actor, changes: dict[str, Any], kind: str, user_id: int | None
) -> None:
    acting = msgspec.structs.replace(actor, **changes)
    entry = acting.did(Event.CODE_ISSUED, at=5, subject="a code")

    assert (entry.actor, entry.user_id) == (kind, user_id)
    assert entry.client_id == changes.get("client_id")
    assert entry.grant_id == changes.get("grant_id")
    assert (entry.account_id, entry.at, entry.source) == (1, 5, "here")
    assert (entry.event, entry.subject, entry.outcome) == (Event.CODE_ISSUED, "a code", "done")


@pytest.mark.parametrize("changes", [{}, BY_TOKEN, BY_OPERATOR])
def test_rights_are_those_of_the_user_whoever_acts(changes: dict[str, Any]) -> None:
    msgspec.structs.replace(ALICE, **changes).must_administer()
    with pytest.raises(Forbidden):
        msgspec.structs.replace(BOB, **changes).must_administer()
