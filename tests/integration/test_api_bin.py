"""What the API shows of entities in the recycle bin (api-v4.md 3.2, 5 row 20)."""

from typing import Any

import pytest

from grantway.crm.companies.kind import COMPANIES
from grantway.crm.contacts.kind import CONTACTS
from grantway.crm.entities import binning
from grantway.crm.entities.kind import Kind
from grantway.crm.leads.kind import LEADS
from tests.integration.api_client import NOW, Api

KINDS: dict[str, Kind[Any]] = {"leads": LEADS, "contacts": CONTACTS, "companies": COMPANIES}


@pytest.mark.parametrize("many", KINDS)
async def test_what_is_in_the_bin_is_in_no_other_list_until_it_is_restored(
    api: Api, many: str
) -> None:
    path = f"/api/v4/{many}"
    added = await api.call("POST", path, json=[{"name": "First"}, {"name": "Second"}])
    first, second = (one["id"] for one in added.json()["_embedded"][many])

    async def listed(query: str = "") -> list[int]:
        answer = await api.get(f"{path}?{query}")
        if answer.status_code == 204:
            return []
        return [one["id"] for one in answer.json()["_embedded"][many]]

    async with api.db.write() as tx:
        await binning.bin_entities(tx, api.acme.actor, KINDS[many], [first], NOW + 5)

    assert (await listed(), await listed("with=only_deleted")) == ([second], [first])
    assert (await api.get(f"{path}/{first}")).status_code == 204
    (binned,) = (await api.get(f"{path}?with=only_deleted")).json()["_embedded"][many]
    del binned["_links"]
    assert binned == {
        "id": first,
        "updated_at": NOW + 5,
        "updated_by": api.acme.admin_id,
        "is_deleted": True,
        "account_id": api.acme.account_id,
    }

    async with api.db.write() as tx:
        await binning.restore(tx, api.acme.actor, KINDS[many], [first], NOW + 9)

    assert (await listed(), await listed("with=only_deleted")) == ([second, first], [])
    shown = (await api.get(f"{path}/{first}")).json()
    assert (shown["name"], shown["is_deleted"], shown["updated_at"]) == ("First", False, NOW + 9)
