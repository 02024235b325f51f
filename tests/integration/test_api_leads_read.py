"""GET /api/v4/leads and /api/v4/leads/{id} (api-v4.md 2.6, 2.9, 3.2)."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from grantway.crm.fields import service as fields
from grantway.kernel.addresses import Addresses
from tests.integration.api_client import NOW, Api
from tests.integration.conftest import OpenApi
from tests.integration.lead_world import Dictionaries, make_dictionaries, value

LEADS = "/api/v4/leads"
MEMBERS = [
    *("id", "name", "price", "price_with_minor_units", "responsible_user_id", "group_id"),
    *("status_id", "pipeline_id", "loss_reason_id", "source_id", "created_by", "updated_by"),
    *("created_at", "updated_at", "closed_at", "closest_task_at", "is_deleted"),
    *("custom_fields_values", "score", "account_id", "labor_cost", "is_price_computed"),
    *("_links", "_embedded"),
]


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


async def test_a_lead_has_every_member_of_the_contract_in_its_order(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "First order", "price": 1000})

    lead = await api.lead(lead_id)
    (listed,) = (await api.get(LEADS)).json()["_embedded"]["leads"]

    assert list(lead) == MEMBERS
    assert lead == listed
    assert lead["_links"] == {"self": {"href": f"https://acme.grantway.test{LEADS}/{lead_id}"}}
    assert lead["_embedded"] == {"tags": [], "companies": []}
    assert lead["custom_fields_values"] is None


async def test_an_empty_account_and_a_missing_lead_answer_204_without_a_body(api: Api) -> None:
    for path in (LEADS, f"{LEADS}/999", f"{LEADS}?query=nothing", f"{LEADS}?page=2"):
        answer = await api.get(path)

        assert (answer.status_code, answer.content) == (204, b""), path
        assert "content-type" not in answer.headers


async def test_answers_carry_the_types_and_headers_that_clients_compare(api: Api) -> None:
    await api.add_leads({})
    answer = await api.get(LEADS, headers={"accept": "text/plain"})

    assert answer.headers["content-type"] == "application/hal+json"
    assert len(answer.headers["x-request-id"]) == 32
    assert "no-store" in answer.headers["cache-control"]


async def test_pages_follow_each_other_and_end_in_204(api: Api) -> None:
    ids = await api.add_leads(*({"name": f"Lead {n}"} for n in range(5)))
    seen: list[int] = []
    page: str | None = (
        f"{LEADS}?limit=2&order[id]=asc&filter%5Bcreated_by%5D%5B%5D={api.acme.admin_id}"
    )
    sizes = []
    while page is not None:
        answer = await api.get(page)
        body = answer.json()
        leads = [one["id"] for one in body["_embedded"]["leads"]]
        sizes.append(len(leads))
        seen += leads
        following = body["_links"].get("next")
        page = following and following["href"].removeprefix("https://acme.grantway.test")

    assert (seen, sizes) == (ids, [2, 2, 1])
    assert (await api.get(f"{LEADS}?limit=2&page=4")).status_code == 204


async def test_links_keep_the_whole_query(api: Api) -> None:
    await api.add_leads(*({"name": "ä & b"} for _ in range(6)))
    query = (
        f"query={quote('ä & b')}&with=contacts%2Closs_reason&filter[price][from]=0&order[id]=desc"
    )
    answer = await api.get(f"{LEADS}?{query}&limit=2&page=2")
    links = {name: link["href"] for name, link in answer.json()["_links"].items()}

    assert sorted(links) == ["first", "next", "prev", "self"]
    expected = [
        ("query", "ä & b"),
        ("with", "contacts,loss_reason"),
        ("filter[price][from]", "0"),
        ("order[id]", "desc"),
    ]
    for name, page in {"self": 2, "next": 3, "prev": 1, "first": 1}.items():
        assert links[name].startswith(f"https://acme.grantway.test{LEADS}?")
        pairs = parse_qsl(urlsplit(links[name]).query)
        assert pairs == [*expected, ("page", str(page)), ("limit", "2")]


async def test_the_first_page_has_neither_prev_nor_first_and_the_last_no_next(api: Api) -> None:
    await api.add_leads({}, {}, {})
    first = (await api.get(f"{LEADS}?limit=2")).json()
    last = (await api.get(f"{LEADS}?limit=2&page=2")).json()
    only = (await api.get(LEADS)).json()

    assert (sorted(first["_links"]), first["_page"]) == (["next", "self"], 1)
    assert (sorted(last["_links"]), last["_page"]) == (["first", "prev", "self"], 2)
    assert only["_links"] == {
        "self": {"href": f"https://acme.grantway.test{LEADS}?page=1&limit=50"}
    }
    assert "_total_items" not in only


async def test_limits_are_clamped_and_odd_pages_mean_the_default(api: Api) -> None:
    for start in (0, 250):
        await api.add_leads(*({"name": str(start)} for _ in range(250 if start == 0 else 5)))
    sizes = {}
    for query in ("", "limit=1", "limit=250", "limit=251", "limit=500", "limit=999999999999"):
        sizes[query] = len(await api.lead_ids(query))
    assert sizes == {
        "": 50,
        "limit=1": 1,
        "limit=250": 250,
        "limit=251": 250,
        "limit=500": 250,
        "limit=999999999999": 250,
    }
    for query in ("limit=0", "limit=-1", "limit=abc", "limit=", "page=0", "page=-3", "page=x"):
        answer = await api.get(f"{LEADS}?{query}")
        assert len(answer.json()["_embedded"]["leads"]) == 50, query
        assert answer.json()["_page"] == 1, query


async def test_with_adds_what_it_names(api: Api, known: Dictionaries) -> None:
    lost = {"status_id": 143, "loss_reason_id": known.reasons[0]}
    lost_id, open_id = await api.add_leads({"name": "Lost", **lost}, {"name": "Open"})
    added: dict[str, tuple[str, Any]] = {
        "contacts": ("contacts", []),
        "catalog_elements": ("catalog_elements", []),
        "source": ("source", None),
    }
    for word, (member, shown) in added.items():
        lead = (await api.get(f"{LEADS}/{open_id}?with={word}")).json()
        assert lead["_embedded"][member] == shown, word
        assert list(lead) == MEMBERS

    reason = (await api.get(f"{LEADS}/{lost_id}?with=loss_reason")).json()["_embedded"]
    assert [one["name"] for one in reason["loss_reason"]] == ["Price"]
    assert set(reason["loss_reason"][0]) == {
        *("id", "name", "sort", "created_at", "updated_at", "_links"),
    }
    listed = (await api.get(f"{LEADS}?with=loss_reason%2Csource_id")).json()["_embedded"]["leads"]
    by_id = {one["id"]: one for one in listed}
    assert by_id[open_id]["_embedded"]["loss_reason"] == []
    assert by_id[open_id]["source_id"] is None
    robot = (await api.get(f"{LEADS}/{open_id}?with=is_price_modified_by_robot")).json()
    assert robot["is_price_modified_by_robot"] is False
    plain = await api.lead(open_id)
    assert "is_price_modified_by_robot" not in plain
    assert list(plain["_embedded"]) == ["tags", "companies"]


async def test_only_deleted_opens_the_bin(api: Api) -> None:
    kept, binned, other = await api.add_leads({}, {}, {})
    async with api.db.write() as tx:
        await tx.change(
            "update leads set is_deleted = true, document_epoch = -1 where id in (:ids)",
            ids=[binned, other],
        )
    answer = await api.get(f"{LEADS}?with=only_deleted&filter[id]={binned}")

    (row,) = answer.json()["_embedded"]["leads"]
    assert row == {
        "id": binned,
        "updated_at": NOW,
        "updated_by": api.acme.admin_id,
        "is_deleted": True,
        "account_id": api.acme.account_id,
        "_links": {"self": {"href": f"https://acme.grantway.test{LEADS}/{binned}"}},
    }
    assert await api.lead_ids("with=only_deleted") == [binned, other]
    assert await api.lead_ids() == [kept]
    assert (await api.get(f"{LEADS}/{binned}")).status_code == 204


async def test_documents_follow_a_changed_dictionary(api: Api, known: Dictionaries) -> None:
    (lead_id,) = await api.add_leads(
        {
            "tags_to_add": [{"name": "hot"}],
            "custom_fields_values": [value(known.fields["text"], "apple")],
        }
    )
    async with api.db.write() as tx:
        await tx.change("update custom_fields set name = 'Fruit' where name = 'text'")
        await fields.start_epoch(tx, api.acme.account_id, "leads")

    (shown,) = (await api.lead(lead_id))["custom_fields_values"]

    assert shown["field_name"] == "Fruit"


async def test_links_follow_the_accounts_present_name(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "Kept"})
    async with api.db.write() as tx:
        await tx.change("update accounts set subdomain = 'apex' where subdomain = 'acme'")
    lead = await api.lead(lead_id, host="apex")

    assert lead["_links"]["self"]["href"] == f"https://apex.grantway.test{LEADS}/{lead_id}"
    assert (await api.get(f"{LEADS}/{lead_id}")).status_code == 401


async def test_addresses_carry_a_port_that_is_not_the_schemes_own(open_api: OpenApi) -> None:
    api = await open_api(addresses=Addresses("http", "localhost", 8000))
    (lead_id,) = await api.add_leads({})
    answer = (await api.get(LEADS)).json()

    assert answer["_links"]["self"]["href"].startswith("http://acme.localhost:8000/api/v4/leads?")
    (lead,) = answer["_embedded"]["leads"]
    assert lead["_links"]["self"]["href"] == f"http://acme.localhost:8000{LEADS}/{lead_id}"


async def test_a_name_that_looks_like_a_link_stays_a_name(api: Api) -> None:
    names = ['"href":"\\u0001', "\x01/api", '"href":"\x01/x"', "</script>", "a\u2028b\x7f\x1b[31m"]
    ids = await api.add_leads(*({"name": name} for name in names))

    assert [(await api.lead(one))["name"] for one in ids] == names


async def test_leads_of_another_account_are_as_if_missing(api: Api) -> None:
    (ours,) = await api.add_leads({"name": "Ours"})
    (theirs,) = await api.add_leads({"name": "Theirs"}, host="bolt")

    assert await api.lead_ids() == [ours]
    assert await api.lead_ids(host="bolt") == [theirs]
    assert (await api.get(f"{LEADS}/{theirs}")).status_code == 204
    assert await api.lead_ids(f"filter[id][]={theirs}&filter[id][]={ours}") == [ours]
