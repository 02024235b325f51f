"""How far rights reach (api-v4.md 2.15, 3.8)."""

import itertools

import msgspec
import pytest

from grantway.accounts.actor import Actor
from grantway.accounts.model import UserGroup
from grantway.accounts.reach import EVERYWHERE, Deed, Reach, owners_within, reach, reaches
from grantway.accounts.rights import EntityRights, Right, Rights, StatusRight, TaskRights

A, G, M, D = Right.ALL, Right.GROUP, Right.OWN, Right.DENIED
ALICE, BOB, CAROL, GONE = 1, 2, 3, 9
GROUPS = {
    ALICE: UserGroup(ALICE, 0, is_active=True),
    BOB: UserGroup(BOB, 7, is_active=True),
    CAROL: UserGroup(CAROL, 7, is_active=False),
}
DEEDS: tuple[Deed, ...] = ("view", "edit", "add", "delete", "export")
KINDS = ("leads", "contacts", "companies", "tasks")


def bob(rights: Rights) -> Actor:
    return Actor(account_id=1, user_id=BOB, group_id=7, is_administrator=False, rights=rights)


def in_stage(status_id: int, **rights: Right) -> StatusRight:
    return StatusRight(entity_type="leads", pipeline_id=5, status_id=status_id, rights=rights)


NOTHING = EntityRights(view=D, edit=D, add=D, delete=D, export=D)
NO_RIGHTS = Rights(
    leads=NOTHING,
    contacts=NOTHING,
    companies=NOTHING,
    tasks=TaskRights(edit=D, delete=D),
    status_rights=[in_stage(51, view=D)],
)


@pytest.mark.parametrize(("kind", "deed"), list(itertools.product(KINDS, DEEDS)))
def test_an_administrator_reaches_everything_whatever_is_kept_of_them(
    kind: str, deed: Deed
) -> None:
    alice = msgspec.structs.replace(bob(NO_RIGHTS), user_id=ALICE, is_administrator=True)
    denied = reach(bob(NO_RIGHTS), kind, deed).right

    assert reach(alice, kind, deed) == EVERYWHERE
    assert denied is (A if kind == "tasks" and deed in {"view", "add", "export"} else D)


@pytest.mark.parametrize(("view", "wanted"), list(itertools.product((A, G, M, D), repeat=2)))
def test_the_right_to_view_bounds_the_others_but_adding(view: Right, wanted: Right) -> None:
    rights = Rights(contacts=EntityRights(view=view, edit=wanted, delete=wanted, export=wanted))
    narrow = max(view, wanted, key="AGMD".index)

    for deed in ("edit", "delete", "export"):
        assert reach(bob(rights), "contacts", deed).right is narrow
    assert reach(bob(rights), "contacts", "view").right is view
    assert reach(bob(rights), "contacts", "add").right is A
    assert reach(bob(rights), "leads", "edit").right is A


def test_each_deed_has_its_own_right() -> None:
    rights = Rights(leads=EntityRights(view=A, edit=G, add=D, delete=M, export=D))
    assert [reach(bob(rights), "leads", deed).right for deed in DEEDS] == [A, G, D, M, D]
    tasks = Rights(tasks=TaskRights(edit=G, delete=M))
    assert [reach(bob(tasks), "tasks", deed).right for deed in DEEDS] == [A, G, A, M, A]


@pytest.mark.parametrize(
    ("right", "owners"),
    [(A, {ALICE, BOB, CAROL, GONE}), (G, {BOB, CAROL}), (M, {BOB}), (D, set[int]())],
)
def test_whose_entities_a_right_reaches(right: Right, owners: set[int]) -> None:
    found, actor = Reach(right), bob(Rights())
    reached = {
        one
        for one in (ALICE, BOB, CAROL, GONE)
        if reaches(found, actor, responsible_user_id=one, groups=GROUPS)
    }

    assert reached == owners
    assert owners_within(found, actor, GROUPS) == (None if right is A else owners)


def test_a_stage_takes_away_and_never_gives() -> None:
    rights = Rights(
        leads=EntityRights(view=M, export=D),
        status_rights=[
            in_stage(51, view=A, edit=A, delete=A, export=A),
            in_stage(52, view=A, edit=D, delete=A, export=A),
            in_stage(53, view=D, edit=A, delete=A, export=A),
        ],
    )
    seen, edited = (reach(bob(rights), "leads", deed) for deed in ("view", "edit"))

    assert seen == Reach(M, frozenset({(5, 53)}))
    assert edited == Reach(M, frozenset({(5, 52), (5, 53)}))
    assert reach(bob(rights), "leads", "export").right is D
    assert not reach(bob(rights), "leads", "add").denied_stages
    assert not reach(bob(rights), "contacts", "view").denied_stages
    for stage, owner, expected in (
        ((5, 51), BOB, True),
        ((5, 51), ALICE, False),
        ((5, 52), BOB, False),
        ((6, 52), BOB, True),
    ):
        assert (
            reaches(edited, bob(rights), responsible_user_id=owner, groups=GROUPS, stage=stage)
            is expected
        )


def test_stages_take_away_from_those_who_may_do_everything_else() -> None:
    found = reach(bob(Rights(status_rights=[in_stage(51, view=D)])), "leads", "delete")
    assert (found.right, found.is_everything) == (A, False)
    assert reach(bob(Rights()), "leads", "delete").is_everything


def test_there_are_no_rights_on_what_is_no_entity() -> None:
    with pytest.raises(ValueError, match="'mail_access' have no rights"):
        reach(bob(Rights()), "mail_access", "view")
