"""Pipelines, stages, closing and losing leads (api-v4.md 3.2)."""

import pytest

from tests.integration.api_client import NOW, Api
from tests.integration.lead_calls import add, changed, patch, violations
from tests.integration.lead_world import Dictionaries, make_dictionaries

LEADS = "/api/v4/leads"


@pytest.fixture
async def known(api: Api) -> Dictionaries:
    return await make_dictionaries(api)


async def test_pipelines_and_stages(api: Api, known: Dictionaries) -> None:
    table: list[tuple[dict[str, int], tuple[int, int]]] = [
        ({}, (known.main, known.first)),
        ({"pipeline_id": known.renewals}, (known.renewals, known.due)),
        ({"status_id": known.second}, (known.main, known.second)),
        ({"status_id": known.offered}, (known.renewals, known.offered)),
        ({"pipeline_id": known.renewals, "status_id": 142}, (known.renewals, 142)),
        ({"status_id": 143}, (known.main, 143)),
    ]
    ids = await api.add_leads(*(sent for sent, _ in table))
    for lead_id, (sent, place) in zip(ids, table, strict=True):
        lead = await api.lead(lead_id)
        assert (lead["pipeline_id"], lead["status_id"]) == place, sent

    wrong = [
        {"status_id": known.unsorted},
        {"pipeline_id": known.main, "status_id": known.offered},
        {"pipeline_id": 999},
        {"pipeline_id": 999, "status_id": known.first},
        {"status_id": 0},
    ]
    for sent in wrong:
        ((_, code, path),) = violations(await add(api, sent))
        expected = "pipeline_id" if sent.get("pipeline_id") == 999 else "status_id"
        assert (code, path) == ("NotSupportedChoice", expected), sent


async def test_moving_a_lead(api: Api, known: Dictionaries) -> None:
    (lead_id,) = await api.add_leads({})

    moved = await changed(api, lead_id, pipeline_id=known.renewals)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.renewals, known.due)
    moved = await changed(api, lead_id, status_id=known.offered)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.renewals, known.offered)
    refused = await patch(api, lead_id, status_id=known.first)
    assert violations(refused) == [("0", "NotSupportedChoice", "status_id")]
    moved = await changed(api, lead_id, pipeline_id=known.main, status_id=known.second)
    assert (moved["pipeline_id"], moved["status_id"]) == (known.main, known.second)


async def test_any_update_takes_a_lead_out_of_the_incoming_stage(
    api: Api, known: Dictionaries
) -> None:
    (lead_id,) = await api.add_leads({})
    async with api.db.write() as tx:
        await tx.change(
            "update leads set status_id = :unsorted, document_epoch = -1", unsorted=known.unsorted
        )
    assert (await api.lead(lead_id))["status_id"] == known.unsorted

    assert (await changed(api, lead_id, price=3))["status_id"] == known.first


async def test_closing_sets_the_moment_and_leaving_clears_it(api: Api, known: Dictionaries) -> None:
    (lead_id,) = await api.add_leads({})
    api.clock.advance(100)
    assert (await changed(api, lead_id, status_id=142))["closed_at"] == NOW + 100
    api.clock.advance(100)
    assert (await changed(api, lead_id, price=1))["closed_at"] == NOW + 100
    assert (await changed(api, lead_id, closed_at=777))["closed_at"] == 777
    assert (await changed(api, lead_id, closed_at=None))["closed_at"] == 777
    assert (await changed(api, lead_id, status_id=143))["closed_at"] == 777
    assert (await changed(api, lead_id, status_id=known.first))["closed_at"] is None
    assert (await changed(api, lead_id, closed_at=777))["closed_at"] is None
    (given,) = await api.add_leads({"status_id": 142, "closed_at": 555})
    assert (await api.lead(given))["closed_at"] == 555


async def test_loss_reasons_belong_to_lost_leads(api: Api, known: Dictionaries) -> None:
    price, silence = known.reasons
    lost, won = await api.add_leads({"status_id": 143, "loss_reason_id": price}, {"status_id": 142})
    assert (await api.lead(lost))["loss_reason_id"] == price

    refused = await patch(api, won, loss_reason_id=price)
    assert (refused.status_code, refused.json()["detail"]) == (400, "Invalid request body")
    assert refused.json()["errors"] == {str(won): "Loss reason can be specified only for lost lead"}
    unknown = await patch(api, lost, loss_reason_id=999)
    assert violations(unknown) == [("0", "NotSupportedChoice", "loss_reason_id")]
    assert (await changed(api, lost, loss_reason_id=silence))["loss_reason_id"] == silence
    assert (await changed(api, lost, price=1))["loss_reason_id"] == silence
    assert (await changed(api, lost, loss_reason_id=None))["loss_reason_id"] is None
    assert (await changed(api, lost, loss_reason_id=price))["loss_reason_id"] == price
    reopened = await changed(api, lost, status_id=known.first)
    assert reopened["loss_reason_id"] is None
    added = await add(api, {"loss_reason_id": price, "request_id": "r"})
    assert added.json()["errors"] == {"r": "Loss reason can be specified only for lost lead"}
