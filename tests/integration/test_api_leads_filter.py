"""Filters, orders and the text search of leads (api-v4.md 2.7, 2.8)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.api_client import NOW, Api
from tests.integration.lead_world import Dictionaries, make_dictionaries, value

LEADS = "/api/v4/leads"


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


async def found(api: Api, ids: list[int], queries: Iterable[str]) -> dict[str, list[int]]:
    """Return which of *ids* each query finds, as positions from 1."""
    return {query: [ids.index(one) + 1 for one in await api.lead_ids(query)] for query in queries}


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
