"""/api/v4/roles: named sets of rights (api-v4.md 3.8; S-92, S-95, S-115)."""

from typing import Any

from tests.integration.api_client import Api

ROLES = "/api/v4/roles"
LEADS = "/api/v4/leads"
FULL = {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}
RIGHTS: dict[str, Any] = {"leads": FULL, "contacts": FULL, "companies": FULL}


def role(name: str = "Sales", **rights: Any) -> dict[str, Any]:
    return {"name": name, "rights": RIGHTS | rights}


async def add_role(api: Api, **rights: Any) -> int:
    answer = await api.call("POST", ROLES, json=[role(**rights)])
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["_embedded"]["roles"][0]["id"]
    return found


async def give(api: Api, user: str, role_id: int | None) -> None:
    async with api.db.write() as tx:
        await tx.change(
            "update account_users set role_id = :role_id where account_id = :a and user_id = :u",
            role_id=role_id,
            a=api.acme.account_id,
            u=api.acme.users[user],
        )


async def rights_of(api: Api, user: str) -> dict[str, Any]:
    answer = await api.get(f"/api/v4/users/{api.acme.users[user]}?with=role")
    found: dict[str, Any] = answer.json()["rights"]
    return found


async def test_roles_are_added_listed_changed_and_removed(api: Api) -> None:
    assert (await api.get(ROLES)).status_code == 204
    many = await api.call("POST", ROLES, json=[role("Sales") | {"request_id": "x"}, role("Help")])
    bare = await api.call("POST", ROLES, json=role("Boss", mail_access=True))
    sales, desk = many.json()["_embedded"]["roles"]

    assert (many.status_code, bare.status_code) == (201, 201)
    assert [sales["name"], sales["request_id"], desk["request_id"]] == ["Sales", "x", "1"]
    assert bare.json()["_embedded"]["roles"][0]["rights"] == {
        **RIGHTS,
        "tasks": {"edit": "D", "delete": "D"},
        "mail_access": True,
        "catalog_access": False,
        "status_rights": None,
    }
    await give(api, "Bob", sales["id"])
    page = (await api.get(f"{ROLES}?with=users&limit=2")).json()
    assert (page["_total_items"], page["_page"], page["_page_count"]) == (3, 1, 2)
    assert [one["_embedded"]["users"] for one in page["_embedded"]["roles"]] == [
        [api.acme.users["Bob"]],
        [],
    ]
    path = f"{ROLES}/{sales['id']}"
    changed = await api.call("PATCH", path, json={"name": "Sellers"})
    assert (changed.status_code, changed.json()["name"]) == (202, "Sellers")
    assert changed.json()["rights"] == sales["rights"]
    one = (await api.get(path)).json()
    assert (one["name"], "_embedded" in one) == ("Sellers", False)
    gone = await api.call("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert (await api.call(method, path)).json()["detail"] == "Role not found"


UNKNOWN_STAGE: dict[str, Any] = {
    "status_rights": [
        {"entity_type": "leads", "pipeline_id": 999, "status_id": 142, "rights": {"view": "D"}}
    ]
}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (role(" "), "name"),
    ({"name": "Sales"}, "rights"),
    ({"name": "Sales", "rights": {"leads": FULL, "contacts": FULL}}, "rights.companies"),
    (role(leads=FULL | {"add": "G"}), "rights.leads.add"),
    (role(leads=FULL | {"view": "L"}), "rights.leads.view"),
    (role(tasks={"edit": "all"}), "rights.tasks.edit"),
    (role(mail_access="yes"), "rights.mail_access"),
    (role(**UNKNOWN_STAGE), "rights.status_rights.0.status_id"),
    (role(status_rights=[{"entity_type": "contacts"}]), "rights.status_rights.0.entity_type"),
]


async def test_what_is_no_role_is_refused_and_adds_none(api: Api) -> None:
    for sent, path in REFUSED:
        refused = await api.call("POST", ROLES, json=[role(), sent])
        wrong = refused.json()["validation-errors"]
        assert (refused.status_code, {one["request_id"] for one in wrong}) == (400, {"1"}), path
        assert path in {error["path"] for error in wrong[0]["errors"]}
    assert await api.count("user_roles") == 0
    assert (await api.call("POST", ROLES, json=[role(), role("Help")])).status_code == 201


async def test_a_narrow_view_narrows_what_follows_from_it(api: Api) -> None:
    role_id = await add_role(api, leads={"view": "M", "edit": "A", "add": "A", "delete": "D"})
    leads = (await api.get(f"{ROLES}/{role_id}")).json()["rights"]["leads"]
    assert leads == {"view": "M", "edit": "M", "add": "A", "delete": "D", "export": "D"}


async def test_rights_on_stages_are_kept_until_they_are_taken_away(api: Api) -> None:
    answer = await api.get("/api/v4/leads/pipelines")
    pipeline_id = answer.json()["_embedded"]["pipelines"][0]["id"]
    won = {
        "entity_type": "leads",
        "pipeline_id": pipeline_id,
        "status_id": 142,
        "rights": {"view": "A", "edit": "D"},
    }
    role_id = await add_role(api, status_rights=[won])
    path = f"{ROLES}/{role_id}"
    other = await api.call("PATCH", path, json={"rights": {"mail_access": True}})
    assert other.json()["rights"]["status_rights"] == [won]
    nothings: list[Any] = [None, []]
    for nothing in nothings:
        await api.call("PATCH", path, json={"rights": {"status_rights": [won]}})
        emptied = await api.call("PATCH", path, json={"rights": {"status_rights": nothing}})
        assert emptied.json()["rights"]["status_rights"] is None
    refused = await api.call("PATCH", path, json={"rights": UNKNOWN_STAGE})
    assert refused.status_code == 400


async def test_users_have_the_rights_of_their_role_at_once_and_keep_them_without_it(
    api: Api,
) -> None:
    token = await api.token_of("Bob")
    await api.add_leads({"responsible_user_id": api.acme.users["Alice"]})
    role_id = await add_role(api)
    await give(api, "Bob", role_id)
    assert len(await api.lead_ids(token=token)) == 1

    narrow = {"rights": {"leads": {"view": "M", "add": "D"}}}
    await api.call("PATCH", f"{ROLES}/{role_id}", json=narrow)
    assert await api.lead_ids(token=token) == []
    with_role = await rights_of(api, "Bob")
    assert (with_role["role_id"], with_role["leads"]["view"]) == (role_id, "M")

    await api.call("DELETE", f"{ROLES}/{role_id}")
    assert await rights_of(api, "Bob") == with_role | {"role_id": None}
    assert await api.lead_ids(token=token) == []
    assert (await api.call("POST", LEADS, json=[{}], token=token)).status_code == 403


async def test_roles_belong_to_their_account(api: Api) -> None:
    role_id = await add_role(api)
    await give(api, "Bob", role_id)
    path = f"{ROLES}/{role_id}"
    for method, body in (("GET", ...), ("PATCH", {"name": "Theirs"}), ("DELETE", ...)):
        refused = await api.call(method, path, host="bolt", json=body)
        assert (refused.status_code, refused.json()["detail"]) == (404, "Role not found")
    assert (await api.get(ROLES, host="bolt")).status_code == 204
    assert (await api.get(path)).json()["name"] == "Sales"
    assert (await rights_of(api, "Bob"))["role_id"] == role_id


async def test_an_account_has_a_hundred_roles_at_most(api: Api) -> None:
    hundred = [role(f"Role {n}") for n in range(100)]
    assert (await api.call("POST", ROLES, json=hundred)).status_code == 201
    refused = await api.call("POST", ROLES, json=[role()])
    assert (refused.status_code, await api.count("user_roles")) == (422, 100)
    assert (await api.call("POST", ROLES, json=[role()], host="bolt")).status_code == 201
