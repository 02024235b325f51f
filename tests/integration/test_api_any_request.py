"""No request, however odd, is answered by a fault of ours (S-177, S-178)."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grantway.crm.leads.model import CHANGED_LEAD
from tests.integration.api_client import Api
from tests.integration.lead_world import Dictionaries, make_dictionaries

EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    # The same platform answers them all: no request may harm the next one.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FAULTS_OF_THE_CALLER = {400, 401, 403, 404, 405, 413, 422}

numbers = st.one_of(
    st.integers(-5, 2000),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([142, 143, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30, 1.0, 0.5, -0.0]),
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["", "\0", "%", "_", "\\", "'", "hot", "\x01", "a" * 300, "1", "0x10", "NaN"]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
references = st.one_of(
    anything,
    st.lists(st.fixed_dictionaries({}, optional={"id": scalars, "name": scalars}), max_size=3),
)
values = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            # The first 14 fields are those that contacts and companies of two accounts begin with.
            "field_id": st.one_of(st.integers(15, 22), scalars),
            "field_code": st.one_of(st.sampled_from(["TEXT", "DATE", "SELECT"]), scalars),
            "values": st.one_of(
                anything,
                st.lists(
                    st.fixed_dictionaries(
                        {}, optional={"value": anything, "enum_id": scalars, "enum_code": scalars}
                    ),
                    max_size=3,
                ),
            ),
        },
    ),
    max_size=4,
)
leads = st.fixed_dictionaries(
    {},
    optional={name: st.one_of(numbers, scalars, anything) for name in CHANGED_LEAD.fields}
    | {
        "tags_to_add": references,
        "tags_to_delete": references,
        "custom_fields_values": values,
        "_embedded": st.one_of(
            anything,
            st.fixed_dictionaries(
                {"tags": references}, optional=dict.fromkeys(("contacts", "companies"), references)
            ),
        ),
        "request_id": anything,
    },
)
links = st.fixed_dictionaries(
    {"to_entity_id": numbers, "to_entity_type": st.sampled_from(["contacts", "companies", "x"])},
    optional={"entity_id": numbers, "metadata": anything},
)
bodies = st.one_of(
    anything,
    leads,
    st.lists(leads, max_size=4),
    st.lists(links, max_size=3),
    st.lists(anything, max_size=3),
)
names = st.one_of(
    texts,
    st.builds(
        "filter[{}]{}".format,
        st.sampled_from(
            [
                *("id", "name", "price", "statuses", "pipeline_id", "created_at", "updated_at"),
                *("closed_at", "created_by", "custom_fields_values", "nonsense", ""),
            ]
        ),
        st.sampled_from(
            ["", "[]", "[from]", "[to]", "[0]", "[15][]", "[16][from]", "[17]", "[19][]", "["]
        ),
    ),
    st.sampled_from(
        [
            *("page", "limit", "query", "with", "order[id]", "order[updated_at]", "order[x]"),
            *("filter[statuses][0][pipeline_id]", "filter[statuses][0][status_id]"),
        ]
    ),
)
of_events = st.sampled_from(
    [
        *(f"filter[{one}]" for one in ("id", "type", "entity", "entity_id", "created_by")),
        *("filter[created_at]", "filter[created_at][to]", "filter[value_after]", "with", "limit"),
        *(
            f"filter[value_{side}][{name}]"
            for side in ("before", "after")
            for name in (
                *("value", "responsible_user_id", "custom_field_values", "leads_statuses"),
                *("leads_statuses][0][status_id", "leads_statuses][0][pipeline_id"),
            )
        ),
    ]
)
words = st.sampled_from(["lead", "lead_added,custom_field_1_value_changed", "1,2", "task"])
event_queries = st.lists(
    st.tuples(of_events, st.one_of(texts, words, numbers.map(str))), max_size=6
).map(urlencode)
queries = st.lists(st.tuples(names, st.one_of(texts, numbers.map(str))), max_size=6).map(urlencode)
paths = st.one_of(
    st.sampled_from(
        [
            *("account", "users", "users/1", "leads", "leads/1", "leads/pipelines", "leads/tags"),
            *("leads/custom_fields", "leads/loss_reasons", "leads/pipelines/1/statuses"),
            *("leads/complex", "leads/link", "leads/links", "leads/1/link", "leads/1/unlink"),
            *("contacts", "companies/1", "events", "events/types", f"events/{'0' * 26}"),
            *("contacts/custom_fields", "contacts/custom_fields/1", "companies/tags"),
            *("companies/custom_fields/groups", "leads/custom_fields/groups/default"),
            *("leads/notes", "leads/1/notes", "leads/1/notes/1", "leads/notes/1/pin"),
        ]
    ),
    texts.map(lambda text: quote(text, safe="/")),
    st.integers().map("leads/{}".format),
)
methods = st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"])


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


@EXAMPLES
@given(body=bodies, is_change=st.booleans())
async def test_bodies(api: Api, known: Dictionaries, body: Any, is_change: bool) -> None:  # noqa: FBT001 - hypothesis names it
    before = await api.count("leads")
    answer = await api.call("PATCH" if is_change else "POST", "/api/v4/leads", json=body)

    if answer.status_code == 200:
        assert answer.json()["_embedded"]["leads"]
    else:
        assert answer.status_code == 400, answer.text
        assert {"title", "status", "detail"} <= answer.json().keys()
        assert await api.count("leads") == before


@EXAMPLES
@given(query=queries)
async def test_queries(api: Api, known: Dictionaries, query: str) -> None:
    if not await api.count("leads"):
        await api.add_leads({"name": "hot", "price": 5}, {"name": "_"})
    answer = await api.get(f"/api/v4/leads?{query}")

    assert answer.status_code in {200, 204}, answer.text
    if answer.status_code == 200:
        assert 1 <= len(answer.json()["_embedded"]["leads"]) <= 2


@EXAMPLES
@given(query=event_queries)
async def test_queries_of_events(api: Api, query: str) -> None:
    if not await api.count("events"):
        await api.add_leads({"name": "hot", "price": 5}, {"name": "_"})
    answer = await api.get(f"/api/v4/events?{query}")

    assert answer.status_code in {200, 204, 400}, answer.text


@EXAMPLES
@given(method=methods, path=paths, query=queries, body=bodies)
async def test_requests(
    api: Api, known: Dictionaries, method: str, path: str, query: str, body: Any
) -> None:
    answer = await api.call(method, f"/api/v4/{path}?{query}", json=body)

    assert answer.status_code in {200, 201, 202, 204} | FAULTS_OF_THE_CALLER, answer.text
    assert len(answer.headers["x-request-id"]) == 32


@EXAMPLES
@given(token=st.one_of(texts, st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))))
async def test_tokens(api: Api, token: str) -> None:
    clean = token.encode("utf-8", "replace").decode("latin-1")
    answer = await api.get("/api/v4/account", token=clean)

    assert answer.status_code == 401
