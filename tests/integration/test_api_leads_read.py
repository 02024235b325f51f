"""GET /api/v4/leads and /api/v4/leads/{id} (api-v4.md 2.6 to 2.9, 3.2)."""

from collections.abc import Iterable
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


async def found(api: Api, ids: list[int], queries: Iterable[str]) -> dict[str, list[int]]:
    """Return which of *ids* each query finds, as positions from 1."""
    return {query: [ids.index(one) + 1 for one in await api.lead_ids(query)] for query in queries}


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


async def test_filters_by_columns(api: Api, known: Dictionaries) -> None:
    alice, bob = api.acme.users["Alice"], api.acme.users["Bob"]
    ids = await api.add_leads(
        {"name": "One", "price": 100, "created_at": 1000, "updated_at": 5000},
        {"name": "Two", "price": 100.4, "created_at": 2000, "updated_at": 4000, "created_by": 0},
        {"name": "Three", "price": 250, "created_at": 3000, "updated_at": 3000}
        | {"responsible_user_id": bob, "status_id": known.second, "updated_by": bob},
        {"name": "One, two", "created_at": 4000, "updated_at": 2000, "created_by": bob}
        | {"pipeline_id": known.renewals, "status_id": known.offered},
        {"name": "one", "price": -5, "created_at": 5000, "updated_at": 1000}
        | {"pipeline_id": known.renewals, "status_id": 142, "closed_at": 7000},
    )
    first, second, third = ids[:3]
    stage = "filter[statuses][{}][pipeline_id]={}&filter[statuses][{}][status_id]={}"
    expected = {
        f"filter[id]={second}": [2],
        f"filter[id][]={third}&filter[id][]={first}": [3, 1],
        f"filter[id][0]={third}&filter[id][1]={first}": [3, 1],
        f"filter[id][0]={third}&filter[id][0]={first}": [3, 1],
        f"filter[id]={third},{first}": [3, 1],
        f"filter%5Bid%5D%5B%5D={third}": [3],
        "filter[id]=abc": [],
        "filter[name]=One": [1],
        "filter[name][]=One&filter[name][]=Three": [3, 1],
        "filter[name]=One,%20two": [4],
        "filter[price]=100": [2, 1],
        "filter[price][from]=100": [3, 2, 1],
        "filter[price][to]=100": [5, 4, 2, 1],
        "filter[price][from]=101&filter[price][to]=250": [3],
        "filter[price][from]=-10&filter[price][to]=-1": [5],
        "filter[price][from]=abc": [5, 4, 3, 2, 1],
        f"filter[pipeline_id]={known.renewals}": [5, 4],
        f"filter[pipeline_id][]={known.renewals}&filter[pipeline_id][]={known.main}": [
            *(5, 4, 3, 2, 1),
        ],
        stage.format(0, known.main, 0, known.second): [3],
        stage.format(0, known.main, 0, known.second)
        + "&"
        + stage.format(1, known.renewals, 1, known.offered): [4, 3],
        stage.format(0, known.main, 0, 142): [],
        stage.format(0, known.renewals, 0, 142): [5],
        f"filter[created_by]={bob}": [4],
        "filter[created_by]=0": [2],
        f"filter[created_by][]=0&filter[created_by][]={bob}": [4, 2],
        f"filter[updated_by]={bob}": [3],
        f"filter[responsible_user_id][]={bob}": [3],
        f"filter[responsible_user_id]={alice}": [5, 4, 2, 1],
        "filter[created_at][from]=3000": [5, 4, 3],
        "filter[created_at][to]=3000": [3, 2, 1],
        "filter[created_at][from]=2000&filter[created_at][to]=4000": [4, 3, 2],
        "filter[created_at]=4000": [5, 4],
        "filter[updated_at][from]=4000": [2, 1],
        "filter[updated_at][from]=1001&filter[updated_at][to]=2999": [4],
        "filter[updated_at]=5000": [1],
        "filter[closed_at][from]=6000": [5],
        "filter[closed_at][to]=6000": [],
        "filter[closest_task_at][from]=1": [],
        f"filter[name]=One&filter[created_by]={alice}&filter[price]=100": [1],
        f"filter[name]=One&filter[created_by]={bob}": [],
    }

    assert await found(api, ids, expected) == expected


async def test_unknown_filters_words_and_orders_are_ignored(api: Api) -> None:
    ids = await api.add_leads({"updated_at": 3}, {"updated_at": 1}, {"updated_at": 2})
    everything = [2, 3, 1]
    expected = dict.fromkeys(
        (
            "filter[nonsense]=1",
            "filter[is_deleted]=1",
            "filter[]=1",
            "filter=1",
            "filter[id",
            "filter]id[=1",
            "[id]=1",
            "order[name]=desc",
            "order[updated_at]=sideways",
            "order[price;drop]=asc",
            "order=id",
            "with=nonsense,",
            "nonsense=1&&=&",
            "filter[custom_fields_values][999999][]=1",
            "filter[custom_fields_values][99999999999999999999999999][]=1",
            "filter[custom_fields_values][abc]=1",
            "filter[updated_at][from]=abc",
            "filter[updated_at][from]=&filter[updated_at][to]=",
        ),
        everything,
    )

    assert await found(api, ids, expected) == expected


async def test_numbers_beyond_the_database_are_no_fault(api: Api) -> None:
    ids = await api.add_leads({"price": 7})
    huge = "9" * 18
    expected = {
        f"filter[price][from]={huge}": [],
        f"filter[price][to]={huge}": [1],
        f"filter[price][from]=-{huge}": [1],
        f"filter[price]={huge}": [],
        f"filter[id]={huge}": [],
        f"filter[id]={huge}9999": [],
        f"filter[created_at][from]={huge}": [],
        f"filter[statuses][0][pipeline_id]={huge}&filter[statuses][0][status_id]={huge}": [],
        "page=999999999&limit=250": [],
    }

    assert await found(api, ids, expected) == expected
    assert (await api.get(f"{LEADS}/{huge}")).status_code == 204
    assert (await api.get(f"{LEADS}/{huge}9999")).status_code == 404


async def test_orders(api: Api) -> None:
    ids = await api.add_leads(
        {"created_at": 30, "updated_at": 10},
        {"created_at": 10, "updated_at": 30},
        {"created_at": 20, "updated_at": 20},
        {"created_at": 20, "updated_at": 20},
    )
    expected = {
        "": [1, 3, 4, 2],
        "order[updated_at]=asc": [1, 3, 4, 2],
        "order[updated_at]=desc": [2, 4, 3, 1],
        "order[updated_at]=DESC": [2, 4, 3, 1],
        "order[created_at]=asc": [2, 3, 4, 1],
        "order[created_at]=desc": [1, 4, 3, 2],
        "order[id]=asc": [1, 2, 3, 4],
        "order[id]=desc": [4, 3, 2, 1],
        "order[name]=asc&order[id]=desc": [4, 3, 2, 1],
        "order%5Bid%5D=desc": [4, 3, 2, 1],
        "order[id]=desc&limit=2&page=2": [2, 1],
    }

    assert await found(api, ids, expected) == expected


async def test_the_text_search_is_literal_and_knows_no_case(api: Api, known: Dictionaries) -> None:
    text, number = known.fields["text"], known.fields["number"]
    ids = await api.add_leads(
        {"name": "50% off_now"},
        {"name": "500 offense"},
        {"name": "ÄRGER über Straße"},
        {"name": r"back\slash"},
        {"name": "plain", "custom_fields_values": [value(text, "Hidden Treasure")]},
        {"name": "plain too", "custom_fields_values": [value(number, "4711")]},
    )
    expected = {
        "query=50%25": [1],
        "query=off_n": [1],
        "query=OFF": [1, 2],
        "query=" + quote("ärger"): [3],
        "query=" + quote("ÜBER STRASSE"): [3],
        "query=" + quote("über strasse"): [3],
        "query=" + quote(r"k\s"): [4],
        "query=%25": [1],
        "query=_": [1],
        "query=treasure": [5],
        "query=471": [6],
        "query=++plain++": [5, 6],
        "query=": [1, 2, 3, 4, 5, 6],
        "query=%00plain": [5, 6],
        "query=plain&filter[name]=plain": [5],
        "query=" + quote("'; drop table leads; --"): [],
        "query=%FF": [],
    }

    assert await found(api, ids, expected) == expected


async def test_a_query_in_raw_bytes_of_utf_8_is_understood(api: Api) -> None:
    (lead_id,) = await api.add_leads({"name": "Größe"})
    sent: list[bytes] = []

    async def raw(scope: Any, receive: Any, send: Any) -> None:
        scope["query_string"] = "query=größe".encode()
        sent.append(scope["query_string"])
        await api.platform.front(scope, receive, send)

    answer = await api.get(LEADS, front=raw)

    assert [one["id"] for one in answer.json()["_embedded"]["leads"]] == [lead_id]


async def test_filters_by_custom_fields(api: Api, known: Dictionaries) -> None:
    f = known.fields
    long = "x" * 5000
    ids = await api.add_leads(
        {"custom_fields_values": [value(f["text"], "apple"), value(f["number"], "10.5")]},
        {"custom_fields_values": [value(f["text"], "Apple"), value(f["checkbox"], True)]},  # noqa: FBT003 - the value that the wire carries
        {"custom_fields_values": [value(f["select"], "red"), value(f["date"], NOW)]},
        {
            "custom_fields_values": [
                value(f["select"], "green"),
                value(f["multiselect"], "north", "south"),
                value(f["number"], "-3"),
            ]
        },
        {"custom_fields_values": [value(f["text"], long)]},
    )

    def by(name: str, *rest: str) -> str:
        return "&".join(f"filter[custom_fields_values][{f[name]}]{one}" for one in rest)

    red, green = known.enums["red"], known.enums["green"]
    expected = {
        by("text", "[]=apple"): [1],
        by("text", "=apple"): [1],
        by("text", "[]=apple", "[]=Apple"): [1, 2],
        by("text", "[]=appl"): [],
        by("text", f"[]={long}"): [5],
        by("number", "[]=10.5"): [1],
        by("number", "[from]=0"): [1],
        by("number", "[from]=-3", "[to]=10.5"): [1, 4],
        by("number", "[to]=0"): [4],
        by("number", "[from]=1e400"): [],
        by("number", "[]=NaN"): [],
        by("checkbox", "[]=1"): [2],
        by("checkbox", "[]=0"): [1, 3, 4, 5],
        by("date", f"[from]={NOW - 86_400}", f"[to]={NOW + 86_400}"): [3],
        by("date", f"[from]={NOW + 86_400 * 2}"): [],
        by("select", f"[]={red}"): [3],
        by("select", f"[]={red}", f"[]={green}"): [3, 4],
        by("select", "[]=red"): [],
        by("multiselect", f"[]={known.enums['south']}"): [4],
        by("multiselect", f"[]={known.enums['east']}"): [],
        by("select", f"[]={green}") + "&" + by("number", "[to]=0"): [4],
        by("select", f"[]={red}") + "&" + by("number", "[to]=0"): [],
    }

    assert await found(api, ids, expected) == expected


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
