"""Whom an account's administrators made is nobody whom others trust by the address (S-83, S-95)."""

import pytest

from grantway.accounts import groups, joining, moderators, sessions
from grantway.accounts import service as accounts
from grantway.accounts.errors import FieldRefused, GroupNotFound, MadeElsewhere
from grantway.accounts.joining import NewUser
from grantway.accounts.model import Role
from grantway.accounts.rights_wire import RightsSent
from grantway.db import Database, Transaction
from grantway.kernel.errors import Forbidden
from tests.contract.crm_cast import ACME, ALICE, BOB, BOLT, CHARLIE, NOW, open_accounts

ERIN = NewUser(
    name="Erin",
    email="erin@acme.example",
    password="a long pass phrase of Erin",
    is_free=True,
    rights=RightsSent(),
    password_hash="a hash",
)


@pytest.fixture
async def accounts_db(db: Database) -> Database:
    await open_accounts(db)
    return db


async def nothing_to_outdate(_tx: Transaction, _account_id: int, _entity_type: str) -> None:
    """Stand in for what renders entities."""


def no_stage(_pipeline_id: int, _status_id: int) -> bool:
    return False


async def test_nobody_waits_behind_an_address_for_another_account(accounts_db: Database) -> None:
    async with accounts_db.write() as tx:
        (erin,) = await joining.add(tx, ALICE, [ERIN], has_stage=no_stage, now=NOW)
        dana = await accounts.create_user(
            tx, email="dana@labs.example", name="Dana", password_hash=None, now=NOW
        )
    for user_id in (erin.id, dana.id):
        is_erin = user_id == erin.id
        async with accounts_db.write() as tx:
            if is_erin:
                with pytest.raises(MadeElsewhere):
                    await accounts.add_user_to_account(tx, BOLT, user_id, Role.USER, NOW)
                with pytest.raises(MadeElsewhere):
                    await moderators.appoint(tx, user_id, NOW)
                await accounts.add_user_to_account(tx, ACME, user_id, Role.USER, NOW)
                # The operator knows whose the address is: nobody else has this password.
                await sessions.set_password(tx, user_id, "another hash", NOW)
            await accounts.add_user_to_account(tx, BOLT, user_id, Role.USER, NOW)
            await moderators.appoint(tx, user_id, NOW)


async def test_only_administrators_add_people_and_name_groups(accounts_db: Database) -> None:
    async with accounts_db.write() as tx:
        with pytest.raises(Forbidden):
            await joining.add(tx, BOB, [ERIN], has_stage=no_stage, now=NOW)
        with pytest.raises(Forbidden):
            await groups.add(tx, BOB, "North", NOW)
        assert len(await joining.add(tx, ALICE, [ERIN], has_stage=no_stage, now=NOW)) == 1
        assert (await groups.add(tx, ALICE, "North", NOW)).name == "North"


async def test_groups_have_names_of_their_own_and_go_without_their_users(
    accounts_db: Database,
) -> None:
    async with accounts_db.write() as tx:
        (erin,) = await joining.add(tx, ALICE, [ERIN], has_stage=no_stage, now=NOW)
        north = await groups.add(tx, ALICE, " North ", NOW)
        south = await groups.add(tx, ALICE, "South", NOW)
        for taken in ("NORTH", "sales department", " ", "x" * 101):
            with pytest.raises(FieldRefused):
                await groups.add(tx, ALICE, taken, NOW)
        with pytest.raises(FieldRefused):
            await groups.rename(tx, ALICE, south.id, "north", NOW)
        await groups.rename(tx, ALICE, north.id, "NORTH", NOW)
        outdated: list[tuple[int, str]] = []

        async def outdate(_tx: Transaction, account_id: int, entity_type: str) -> None:
            outdated.append((account_id, entity_type))

        await groups.move(tx, ALICE, erin.id, north.id, outdate=outdate, now=NOW)
        assert set(outdated) >= {(ACME, one) for one in ("leads", "contacts", "companies")}
        for refused in (
            groups.rename(tx, CHARLIE, north.id, "Theirs", NOW),
            groups.remove(tx, CHARLIE, north.id, outdate=outdate, now=NOW),
            groups.remove(tx, ALICE, 0, outdate=outdate, now=NOW),
            groups.move(tx, ALICE, erin.id, 999, outdate=outdate, now=NOW),
        ):
            with pytest.raises(GroupNotFound):
                await refused
        moved = await accounts.find_member(tx, ACME, erin.id)
        await groups.remove(tx, ALICE, north.id, outdate=nothing_to_outdate, now=NOW)
        left = await accounts.find_member(tx, ACME, erin.id)

    assert moved is not None
    assert left is not None
    assert (moved.group_id, moved.group_name) == (north.id, "NORTH")
    assert (left.group_id, left.group_name) == (0, "Sales department")
