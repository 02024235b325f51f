"""The page Users: people, roles and groups of an account (api-v4.md 3.8; S-97, S-117)."""

from tests.integration.test_control_rights import ERIN, ROLE
from tests.integration.web_client import BOB, Browser, Web

USERS = "/accounts/acme/users"
ROLES = "/accounts/acme/roles"
GROUPS = "/accounts/acme/groups"


async def role_of(web: Web, name: str = "Sales") -> int:
    async with web.api.db.read() as reader:
        found: int = await reader.value("select id from user_roles where name = :name", name=name)
    return found


async def test_somebody_who_was_added_signs_in_and_works_here(web: Web, alice: Browser) -> None:
    await alice.get(USERS)
    added = await alice.submit(USERS, *ERIN)
    await alice.open(added.headers["location"])
    assert "The user is added" in alice.text()
    assert "erin@acme.example" in alice.text()
    assert ERIN[2][1] not in alice.page

    erin = web.browser()
    assert (await erin.sign_in("erin@acme.example", ERIN[2][1])).status_code == 303
    assert (await erin.open("/leads/", "acme")).status_code == 200
    assert (await erin.get(USERS)).status_code == 403


REFUSED = (
    ("email", BOB, "somebody has it already"),
    ("email", "charlie@bolt.example", "somebody has it already"),
    ("email", "erin", "it cannot be written so"),
    ("password", "password", "passwords that are tried first"),
    ("name", " ", "This field is missing"),
    ("name", "x" * 51, "50 characters or less"),
)


async def test_a_form_that_cannot_be_kept_comes_back_without_its_password(
    web: Web, alice: Browser
) -> None:
    for name, value, words in REFUSED:
        await alice.get(USERS)
        refused = await alice.submit(USERS, *(dict(ERIN) | {name: value}).items())
        assert (refused.status_code, words in alice.text()) == (422, True), value
        assert f"#f-{name}" in alice.page
        assert ERIN[2][1] not in alice.page
        assert f'value="{dict(ERIN)["name" if name == "email" else "email"]}"' in alice.page
    assert await web.api.count("users") == 3
    assert (await alice.submit(USERS, *ERIN)).status_code == 303


async def test_a_role_is_written_given_changed_and_deleted(web: Web, alice: Browser) -> None:
    bob, token = web.api.acme.users["Bob"], await web.api.token_of("Bob")
    await web.api.add_leads({"responsible_user_id": web.api.acme.admin_id})
    await alice.get(f"{ROLES}/new")
    assert (await alice.submit(ROLES, *(dict(ROLE) | {"name": " "}).items())).status_code == 422
    narrow = dict(ROLE) | {"leads.view": "M", "mail_access": "on"}
    assert (await alice.submit(ROLES, *narrow.items())).status_code == 303
    role_id = await role_of(web)

    given = await alice.submit(f"{USERS}/{bob}", ("role", str(role_id)), ("group", "0"))
    assert given.status_code == 303
    assert await web.api.lead_ids(token=token) == []
    read = (await web.api.get(f"/api/v4/roles/{role_id}?with=users")).json()
    assert read["rights"]["leads"] == {
        "view": "M", "edit": "M", "add": "A", "delete": "M", "export": "M"
    }  # fmt: skip
    assert (read["rights"]["mail_access"], read["rights"]["catalog_access"]) == (True, False)
    assert read["_embedded"]["users"] == [bob]

    await alice.get(f"{ROLES}/{role_id}")
    assert "1 user of Acme has this role" in alice.text()
    await alice.submit(f"{ROLES}/{role_id}", *ROLE)
    assert len(await web.api.lead_ids(token=token)) == 1
    assert (await alice.submit(f"{ROLES}/{role_id}/delete")).status_code == 303
    assert (await alice.get(f"{ROLES}/{role_id}")).status_code == 404
    assert len(await web.api.lead_ids(token=token)) == 1


async def test_groups_are_added_renamed_filled_and_deleted(web: Web, alice: Browser) -> None:
    bob = web.api.acme.users["Bob"]
    await alice.get(USERS)
    for name, status in (("North", 303), ("NORTH", 422), ("", 422)):
        assert (await alice.submit(GROUPS, ("group_name", name))).status_code == status
    async with web.api.db.read() as reader:
        group_id = await reader.value("select id from user_groups")
    await alice.submit(f"{GROUPS}/{group_id}", ("group_name", "South"))
    await alice.submit(f"{USERS}/{bob}", ("role", ""), ("group", str(group_id)))
    shown = (await web.api.get(f"/api/v4/users/{bob}?with=group")).json()["_embedded"]["groups"]
    await alice.submit(f"{GROUPS}/{group_id}/delete")
    left = (await web.api.get(f"/api/v4/users/{bob}?with=group")).json()["_embedded"]["groups"]

    assert shown == [{"id": group_id, "name": "South"}]
    assert left == [{"id": 0, "name": "Sales department"}]


async def test_who_is_deactivated_is_out_and_comes_back(web: Web, alice: Browser) -> None:
    bob = web.api.acme.users["Bob"]
    browser = await web.entered(BOB)
    seen = []
    for state in ("inactive", "active"):
        await alice.get(f"{USERS}/{bob}")
        await alice.submit(f"{USERS}/{bob}/state", ("state", state))
        seen.append((await browser.open("/leads/", "acme")).status_code)
    assert seen == [404, 200]

    oneself = f"{USERS}/{web.api.acme.admin_id}"
    await alice.get(oneself)
    refused = await alice.submit(f"{oneself}/state", ("state", "inactive"))
    assert (refused.status_code, "You cannot deactivate yourself" in alice.text()) == (422, True)
    assert (await alice.get(USERS)).status_code == 200


async def test_who_is_of_another_account_is_not_there(web: Web, alice: Browser) -> None:
    charlie = web.api.bolt.admin_id
    assert (await alice.get(f"{USERS}/{charlie}")).status_code == 404
    await alice.get(USERS)
    for path, *fields in (
        (f"{USERS}/{charlie}", ("role", ""), ("group", "0")),
        (f"{USERS}/{charlie}/state", ("state", "inactive")),
        (f"{USERS}/{web.api.acme.users['Bob']}", ("role", "999"), ("group", "0")),
        (f"{USERS}/{web.api.acme.users['Bob']}", ("role", ""), ("group", "999")),
    ):
        assert (await alice.submit(path, *fields)).status_code == 404
        await alice.get(USERS)
    assert (await web.api.get("/api/v4/account", host="bolt")).status_code == 200


async def test_what_changes_rights_needs_the_password_typed_recently(
    web: Web, alice: Browser
) -> None:
    bob = web.api.acme.users["Bob"]
    forms = (
        (USERS, ERIN),
        (f"{USERS}/{bob}", (("role", ""), ("group", "0"))),
        (f"{USERS}/{bob}/state", (("state", "inactive"),)),
        (ROLES, ROLE),
        (GROUPS, (("group_name", "North"),)),
    )
    web.clock.advance(3 * 3600)
    for path, fields in forms:
        await alice.get(USERS)
        asked = await alice.submit(path, *fields)
        assert asked.headers["location"].startswith("/confirm-password?for=users"), path
    assert [await web.api.count(one) for one in ("users", "user_roles", "user_groups")] == [3, 0, 0]
    alice = await web.signed_in("alice@acme.example")
    for path, fields in forms:
        await alice.get(USERS)
        assert (await alice.submit(path, *fields)).headers["location"].startswith(USERS)


async def test_a_page_past_the_last_is_not_there(alice: Browser) -> None:
    assert (await alice.get(f"{USERS}?page=1")).status_code == 200
    for page in ("2", "0", "x", "9" * 18):
        assert (await alice.get(f"{USERS}?page={page}")).status_code == 404, page
