"""GET /api/v4/users (api-v4.md 3.8)."""

from grantway.accounts import service as accounts
from grantway.accounts.model import Role
from tests.integration.api_client import NOW, Api

USERS = "/api/v4/users"


async def test_the_list_has_everybody_with_their_rights(api: Api) -> None:
    answer = await api.get(USERS)
    body = answer.json()
    alice, bob = body["_embedded"]["users"]

    assert (body["_total_items"], body["_page"], body["_page_count"]) == (2, 1, 1)
    assert sorted(body["_links"]) == ["last", "self"]
    assert list(alice) == ["id", "name", "email", "lang", "rights", "_links"]
    assert (alice["id"], alice["name"], alice["email"], alice["lang"]) == (
        *(api.acme.users["Alice"], "Alice", "alice@acme.example", "en"),
    )
    assert alice["_links"] == {"self": {"href": f"https://acme.grantway.test{USERS}/{alice['id']}"}}
    assert list(bob["rights"]) == [
        *("leads", "contacts", "companies", "tasks", "mail_access", "catalog_access"),
        *("status_rights", "is_admin", "is_free", "is_active", "group_id", "role_id"),
    ]
    assert bob["rights"]["leads"] == {
        "view": "A",
        "edit": "A",
        "add": "A",
        "delete": "D",
        "export": "D",
    }
    assert bob["rights"]["tasks"] == {"edit": "A", "delete": "A"}
    assert [one["rights"]["is_admin"] for one in (alice, bob)] == [True, False]
    assert alice["rights"]["leads"]["export"] == "A"


async def test_pages_of_users(api: Api) -> None:
    async with api.db.write() as tx:
        for n in range(3):
            user = await accounts.create_user(
                tx, email=f"u{n}@acme.example", name=f"U{n}", password_hash=None, now=NOW
            )
            await accounts.add_user_to_account(tx, api.acme.account_id, user.id, Role.USER, NOW)
    seen = []
    for page in (1, 2, 3):
        body = (await api.get(f"{USERS}?limit=2&page={page}&with=role")).json()
        seen += [one["name"] for one in body["_embedded"]["users"]]
        assert (body["_total_items"], body["_page"], body["_page_count"]) == (5, page, 3)
        assert ("next" in body["_links"], "prev" in body["_links"]) == (page < 3, page > 1)
        assert body["_links"]["last"]["href"].endswith("?with=role&page=3&limit=2")

    assert seen == ["Alice", "Bob", "U0", "U1", "U2"]
    past = await api.get(f"{USERS}?limit=2&page=4")
    assert (past.status_code, past.content) == (204, b"")


async def test_with_adds_what_it_names(api: Api) -> None:
    alice = api.acme.users["Alice"]
    plain = (await api.get(f"{USERS}/{alice}")).json()
    words = "role,group,uuid,amojo_id,user_rank,phone_number,nonsense"
    full = (await api.get(f"{USERS}/{alice}?with={words}")).json()

    assert "_embedded" not in plain
    assert set(full) - set(plain) == {"uuid", "amojo_id", "user_rank", "phone_number", "_embedded"}
    assert len(full["uuid"]) == 36
    assert full["_embedded"]["roles"] == []
    assert [one["id"] for one in full["_embedded"]["groups"]] == [0]


async def test_one_user_and_users_that_are_missing_or_elsewhere(api: Api) -> None:
    bob = await api.get(f"{USERS}/{api.acme.users['Bob']}")
    assert (bob.status_code, bob.json()["name"]) == (200, "Bob")
    for user_id in (999, api.bolt.admin_id, 10**17):
        missing = await api.get(f"{USERS}/{user_id}")
        assert (missing.status_code, missing.json()["detail"]) == (404, "User not found")
    theirs = (await api.get(USERS, host="bolt")).json()["_embedded"]["users"]
    assert [one["name"] for one in theirs] == ["Charlie"]


async def test_only_administrators_see_users(api: Api) -> None:
    token = await api.token_of("Bob")
    for path in (USERS, f"{USERS}/{api.acme.users['Bob']}", f"{USERS}/999"):
        refused = await api.get(path, token=token)
        assert (refused.status_code, refused.json()) == (
            403,
            {
                "title": "Forbidden",
                "type": "https://httpstatus.es/403",
                "status": 403,
                "detail": "Insufficient rights to call this method",
            },
        )
    assert (await api.get(USERS)).status_code == 200
