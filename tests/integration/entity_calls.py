"""Writing leads, contacts and companies, and what comes back of them."""

from typing import Any

from tests.integration.api_client import Api

V4 = "/api/v4"


async def added(api: Api, entity_type: str, *bodies: Any, **options: Any) -> list[int]:
    """Add entities, which must succeed; return their ids."""
    answer = await api.call("POST", f"{V4}/{entity_type}", json=list(bodies), **options)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["_embedded"][entity_type]]


async def one_of(
    api: Api, entity_type: str, entity_id: int, extras: str = "", **options: Any
) -> dict[str, Any]:
    """Return one entity with what *extras* name; it must be there."""
    answer = await api.get(f"{V4}/{entity_type}/{entity_id}?with={extras}", **options)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def bin_one(api: Api, entity_type: str, entity_id: int) -> None:
    """Put an entity of acme into the recycle bin, which only pages may do."""
    async with api.db.write() as tx:
        await tx.change(
            f"update {entity_type} set is_deleted = true, document_epoch = -1"
            " where account_id = :account_id and id = :id",
            account_id=api.acme.account_id,
            id=entity_id,
        )


async def linked(api: Api, path: str, query: str = "") -> list[tuple[str, int, Any]]:
    """Return (type, id, metadata) of the links at *path*."""
    answer = await api.get(f"{V4}/{path}/links?{query}")
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [
        (one["to_entity_type"], one["to_entity_id"], one["metadata"])
        for one in answer.json()["_embedded"]["links"]
    ]
