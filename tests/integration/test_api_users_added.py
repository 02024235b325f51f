"""POST /api/v4/users, and switching users on and off (api-v4.md 3.8; S-92, S-95, S-97)."""

from typing import Any

from grantway.accounts import activation, groups
from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from grantway.crm.fields import service as fields
from tests.integration.api_client import NOW, Api

USERS = "/api/v4/users"
FULL = {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}
RIGHTS: dict[str, Any] = {"leads": FULL, "contacts": FULL, "companies": FULL}
PASSWORD = "a long pass phrase of Erin"


def erin(**changes: Any) -> dict[str, Any]:
    given = {"name": "Erin", "email": "erin@acme.example", "password": PASSWORD, "rights": RIGHTS}
    return given | changes


async def add(api: Api, *people: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    answer = await api.call("POST", USERS, json=list(people), **options)
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["_embedded"]["users"]
    return found


async def add_group(api: Api, name: str = "North", account_id: int | None = None) -> int:
    async with api.db.write() as tx:
        (group_id,) = await tx.take_ids("user_group")
        await tx.change(
            "insert into user_groups values (:account_id, :id, :name, :now)",
            account_id=account_id or api.acme.account_id,
            id=group_id,
            name=name,
            now=NOW,
        )
    return group_id


async def stored(api: Api, email: str) -> tuple[Any, ...]:
    """Return what is kept of the person with this address."""
    async with api.db.read() as reader:
        return tuple(
            [
                await reader.value(f"select {name} from users where email = :email", email=email)
                for name in ("id", "name", "language", "password_hash", "made_in")
            ]
        )


async def test_a_person_who_is_new_becomes_a_user(api: Api) -> None:
    group_id = await add_group(api)
    (made,) = await add(
        api,
        erin(
            email=" Erin@ACME.example ",
            lang="es",
            request_id="r",
            rights=RIGHTS | {"mail_access": True, "group_id": group_id, "is_active": False},
        ),
    )

    assert (made["name"], made["email"], made["lang"]) == ("Erin", "erin@acme.example", "es")
    assert made["request_id"] == "r"
    assert PASSWORD not in str(made)
    rights = made["rights"]
    assert (rights["leads"], rights["mail_access"], rights["catalog_access"]) == (FULL, True, False)
    assert (rights["is_admin"], rights["is_free"], rights["is_active"]) == (False, False, True)
    assert (rights["group_id"], rights["role_id"]) == (group_id, None)
    read = (await api.get(f"{USERS}/{made['id']}?with=role,group")).json()
    assert read.pop("_embedded") == {"roles": [], "groups": [{"id": group_id, "name": "North"}]}
    made.pop("request_id")
    assert read == made
    kept = await stored(api, "erin@acme.example")
    assert kept[3].startswith("$argon2id$")
    assert kept[4] == api.acme.account_id
    named = (await api.get("/api/v4/account?with=users_groups")).json()["_embedded"]
    assert named["users_groups"] == [
        {"id": 0, "name": "Sales department", "uuid": None},
        {"id": group_id, "name": "North", "uuid": None},
    ]


async def test_a_role_or_a_free_seat_stands_in_for_rights(api: Api) -> None:
    answer = await api.call("POST", "/api/v4/roles", json=[{"name": "Sales", "rights": RIGHTS}])
    role_id = answer.json()["_embedded"]["roles"][0]["id"]
    with_role, free = await add(
        api,
        erin(rights={"role_id": role_id}),
        erin(email="frank@acme.example", rights={"is_free": True}),
    )

    assert (with_role["rights"]["role_id"], with_role["rights"]["leads"]) == (role_id, FULL)
    assert set(free["rights"]["leads"].values()) == {"D"}
    shown = (await api.get(f"{USERS}/{with_role['id']}?with=role")).json()["_embedded"]["roles"]
    href = f"https://acme.grantway.test/api/v4/roles/{role_id}"
    assert shown == [{"id": role_id, "name": "Sales", "_links": {"self": {"href": href}}}]


REFUSED: list[tuple[dict[str, Any], str]] = [
    (erin(name="x" * 51), "name"),
    (erin(email="erin"), "email"),
    (erin(email="bob@acme.example"), "email"),
    (erin(email="FRANK@acme.example"), "email"),
    (erin(password="password"), "password"),
    (erin(password="Erin@acme.example"), "password"),
    (erin(password=None), "password"),
    (erin(lang="xx"), "lang"),
    (erin(rights=None), "rights"),
    (erin(rights={"leads": FULL, "contacts": FULL}), "rights.companies"),
    (erin(rights=RIGHTS | {"role_id": 999}), "rights.role_id"),
    (erin(rights=RIGHTS | {"group_id": 999}), "rights.group_id"),
    (erin(rights=RIGHTS | {"is_admin": True}), "rights.is_admin"),
]


async def test_what_is_no_new_user_is_refused_and_adds_nobody(api: Api) -> None:
    frank = erin(email="frank@acme.example", name="Frank")
    for sent, path in REFUSED:
        refused = await api.call("POST", USERS, json=[frank, sent])
        assert refused.status_code == 400, path
        assert PASSWORD not in refused.text
        last = refused.json()["validation-errors"][-1]
        assert (last["request_id"], [one["path"] for one in last["errors"]]) == ("1", [path])
    assert await api.count("users") == 3
    assert len(await add(api, frank, erin())) == 2


async def test_groups_and_roles_of_other_accounts_are_as_if_missing(api: Api) -> None:
    theirs = await add_group(api, account_id=api.bolt.account_id)
    role = await api.call(
        "POST", "/api/v4/roles", json=[{"name": "Sales", "rights": RIGHTS}], host="bolt"
    )
    role_id = role.json()["_embedded"]["roles"][0]["id"]
    for name, one in (("group_id", theirs), ("role_id", role_id)):
        sent = erin(rights=RIGHTS | {name: one})
        refused = await api.call("POST", USERS, json=[sent])
        missing = await api.call("POST", USERS, json=[erin(rights=RIGHTS | {name: 999})])
        assert (refused.status_code, refused.content) == (400, missing.content)
        honest = erin(email=f"{name}@bolt.example", rights=RIGHTS | {name: one})
        assert len(await add(api, honest, host="bolt")) == 1


async def test_who_exists_elsewhere_is_never_touched_and_no_batch_tells_who_it_is(
    api: Api,
) -> None:
    before = await stored(api, "charlie@bolt.example")
    charlie, frank = erin(email="Charlie@bolt.example"), erin(email="frank@acme.example")
    alone = await api.call("POST", USERS, json=[charlie])
    first = await api.call("POST", USERS, json=[charlie, frank])
    last = await api.call("POST", USERS, json=[frank, charlie])
    with_fault = await api.call("POST", USERS, json=[charlie, erin(email="no address")])

    assert alone.status_code == 400
    assert first.content == last.content
    paths = [
        (one["request_id"], [error["path"] for error in one["errors"]])
        for one in first.json()["validation-errors"]
    ]
    assert paths == [("0", ["email"]), ("1", ["email"])]
    # Another fault in the request hides whether the address is known.
    assert [one["request_id"] for one in with_fault.json()["validation-errors"]] == ["1"]
    assert await stored(api, "charlie@bolt.example") == before
    assert [one["name"] for one in (await _users(api))] == ["Alice", "Bob"]
    assert len(await add(api, frank)) == 1


async def _users(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(USERS)).json()["_embedded"]["users"]
    return found


async def test_how_many_users_fit(api: Api) -> None:
    eleven = [erin(email=f"u{n}@acme.example") for n in range(11)]
    assert (await api.call("POST", USERS, json=eleven)).status_code == 400
    async with api.db.write() as tx:
        for n in range(97):
            user = await accounts.create_user(
                tx, email=f"old{n}@acme.example", name=f"U{n}", password_hash=None, now=NOW
            )
            await accounts.add_user_to_account(tx, api.acme.account_id, user.id, Role.USER, NOW)
    refused = await api.call("POST", USERS, json=eleven[:2])
    assert (refused.status_code, await api.count("account_users")) == (422, 100)
    assert len(await add(api, eleven[0])) == 1
    assert (await api.call("POST", USERS, json=eleven[1:2])).status_code == 422


async def test_what_is_shown_of_entities_follows_their_users_into_another_group(api: Api) -> None:
    bob, group_id = api.acme.users["Bob"], await add_group(api)
    (lead_id,) = await api.add_leads({"responsible_user_id": bob})
    found = [(await api.lead(lead_id))["group_id"]]
    for one in (group_id, 0):
        async with api.db.write() as tx:
            await groups.move(tx, api.acme.actor, bob, one, outdate=fields.start_epoch, now=NOW)
        found.append((await api.lead(lead_id))["group_id"])
    assert found == [0, group_id, 0]


async def switch(api: Api, word: str, *ids: int, **options: Any) -> Any:
    return await api.call("POST", f"{USERS}/{word}", json=[{"id": one} for one in ids], **options)


async def test_users_are_deactivated_and_activated_again(api: Api) -> None:
    bob, token = api.acme.users["Bob"], await api.token_of("Bob")
    for word, status, expected in (
        ("deactivate", 401, False),
        ("deactivate", 401, False),  # who is so already stays so
        ("activate", 200, True),
        ("activate", 200, True),
    ):
        answer = await switch(api, word, bob)
        assert (answer.status_code, answer.content) == (204, b""), word
        assert (await api.get("/api/v4/account", token=token)).status_code == status
        assert (await api.get(f"{USERS}/{bob}")).json()["rights"]["is_active"] is expected
    async with api.db.read() as reader:
        events = await reader.column(
            "select event from audit_entries where event like 'account_user.%' order by id"
        )
    assert events == ["account_user.deactivated", "account_user.activated"]


async def test_nobody_switches_themselves_off_nor_somebody_of_another_account(api: Api) -> None:
    bob, alice = api.acme.users["Bob"], api.acme.admin_id
    async with api.db.write() as tx:  # so that Alice is not the last one
        await accounts.add_user_to_account(tx, api.acme.account_id, bob, Role.ADMINISTRATOR, NOW)
    oneself = await switch(api, "deactivate", bob, alice)
    elsewhere = await switch(api, "deactivate", bob, api.bolt.admin_id)
    missing = await switch(api, "deactivate", bob, 999)
    many = await switch(api, "deactivate", *[bob] * 11)

    assert oneself.status_code == 422
    assert oneself.json()["detail"].startswith("You cannot deactivate yourself")
    assert (elsewhere.status_code, elsewhere.content) == (400, missing.content)
    assert missing.json()["validation-errors"][0] == {
        "request_id": "1",
        "errors": [
            {
                "code": "NotSupportedChoice",
                "path": "id",
                "detail": "The value you selected is not a valid choice.",
            }
        ],
    }
    assert many.status_code == 400
    assert all(one["rights"]["is_active"] for one in await _users(api))
    assert (await switch(api, "deactivate", bob)).status_code == 204


async def test_an_account_keeps_an_administrator_who_may_work(api: Api) -> None:
    """The token outlives Alice, so that Bob is the last one (api-v4.md 2.2)."""
    bob, alice = api.acme.users["Bob"], api.acme.admin_id
    async with api.db.write() as tx:
        await accounts.add_user_to_account(tx, api.acme.account_id, bob, Role.ADMINISTRATOR, NOW)
        account = await accounts.account_by_id(tx, api.acme.account_id)
        alice_herself = await accounts.user_by_id(tx, alice)
        await activation.deactivate_in_account(tx, account, alice_herself, NOW)
    refused = await switch(api, "deactivate", bob)
    again = await switch(api, "activate", alice)
    allowed = await switch(api, "deactivate", bob)

    assert (refused.status_code, again.status_code, allowed.status_code) == (422, 204, 204)
