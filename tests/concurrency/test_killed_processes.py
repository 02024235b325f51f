"""Kill -9 in the middle of changes, many times (S-195 to S-200, S-202, S-207, S-223)."""

import asyncio
import random
from collections import Counter
from typing import Any

import httpx
import msgspec

from tests.concurrency.processes import Server, kill, serving, started
from tests.integration.api_client import Api
from tests.integration.forging import parts

ROUNDS = 9  # on each database; a round takes a second, most of which is the start
LEADS = "/api/v4/leads"


class Batch(msgspec.Struct):
    """One request: how many leads it adds, and whether success was heard."""

    size: int
    ids: list[int] | None = None


async def post_until_it_dies(server: Server, name: str, batches: dict[str, Batch]) -> None:
    """Post batches whose leads carry the batch's name."""
    for n in range(10_000):
        batch = f"{name}.{n}"
        size = 1 + n * 7 % 40
        batches[batch] = Batch(size)
        leads = [
            {"name": batch, "price": size, "tags_to_add": [{"name": f"tag {batch}"}]}
            for _ in range(size)
        ]
        try:
            answer = await server.call("POST", LEADS, json=leads)
        except httpx.TransportError:
            return
        assert answer.status_code == 200, answer.text
        batches[batch].ids = [one["id"] for one in answer.json()["_embedded"]["leads"]]


async def test_acknowledged_leads_stay_and_batches_are_whole_or_absent(api: Api) -> None:
    choose = random.Random(11)
    batches: dict[str, Batch] = {}
    for round_ in range(ROUNDS):
        async with serving(api) as server:
            posting = [
                asyncio.create_task(post_until_it_dies(server, f"{round_}.{n}", batches))
                for n in range(5)
            ]
            await asyncio.sleep(choose.uniform(0.05, 0.4))
            await kill(server.process)
            await asyncio.gather(*posting)

    async with api.db.read() as reader:
        names = await reader.column("select name from leads order by id")
        ids = await reader.column("select id from leads order by id")
        tags = await reader.column("select name from tags")
    stored = Counter(names)
    by_name: dict[str, list[int]] = {}
    for lead_id, name in zip(ids, names, strict=True):
        by_name.setdefault(name, []).append(lead_id)
    acknowledged = {name: one for name, one in batches.items() if one.ids is not None}

    assert len(acknowledged) > ROUNDS
    for name, one in batches.items():
        assert stored[name] in {0, one.size}, "a half batch"
    for name, one in acknowledged.items():
        assert by_name.get(name) == one.ids, "an acknowledged batch is gone"
    assert set(tags) == {f"tag {name}" for name in stored}, "tags come and stay with their leads"
    unheard = [name for name in batches if batches[name].ids is None]
    assert len(unheard) == 5 * ROUNDS
    assert sorted(set(ids)) == sorted(ids)
    shown = await api.lead(ids[-1])
    assert [tag["name"] for tag in shown["_embedded"]["tags"]] == [f"tag {shown['name']}"]


async def lines_until_killed(
    process: asyncio.subprocess.Process, seconds: float
) -> list[list[str]]:
    """Kill the worker *seconds* after it is ready; return what it had said."""
    assert process.stdout is not None
    assert (await process.stdout.readline()).split() == [b"ready"]
    reading = asyncio.create_task(process.stdout.read())
    await asyncio.sleep(seconds)
    await kill(process)
    said = await reading
    complete = said[: said.rfind(b"\n") + 1]
    return [line.split() for line in complete.decode().splitlines()]


async def test_what_was_said_of_tokens_stays_true(api: Api) -> None:
    choose = random.Random(12)
    tokens: dict[int, str] = {}
    revoked: set[int] = set()
    perhaps: set[int] = set()
    user = str(api.acme.admin_id)
    for _ in range(ROUNDS):
        arguments = (api.platform.settings.database, api.acme.client_id, user)
        async with started("token_worker", *arguments) as worker:
            for word, grant, *rest in await lines_until_killed(worker, choose.uniform(0.02, 0.3)):
                match word:
                    case "issued":
                        tokens[int(grant)] = rest[0]
                    case "revoking":
                        perhaps.add(int(grant))
                    case _:
                        revoked.add(int(grant))

    assert len(revoked) > ROUNDS
    unheard = perhaps - revoked
    assert len(unheard) <= ROUNDS
    for grant_id, token in tokens.items():
        status = (await api.get("/api/v4/account", token=token)).status_code
        if grant_id in revoked:
            assert status == 401, "a revoked token lives"
        elif grant_id not in unheard:
            assert status == 200, "an issued token is dead"
    for grant_id in unheard:
        # What was not answered is wholly done or wholly absent, and repeating it is safe.
        if (await api.get("/api/v4/account", token=tokens[grant_id])).status_code == 200:
            await api.revoke(grant_id)
        assert (await api.get("/api/v4/account", token=tokens[grant_id])).status_code == 401
    await must_agree_with_the_audit(api)


async def must_agree_with_the_audit(api: Api) -> None:
    """Each grant has the entry of its beginning, each that ended that of its end, and no more."""
    async with api.db.read() as reader:
        issued = await reader.column("select id from grants where account_id = 1")
        ended = await reader.column(
            "select id from grants where account_id = 1 and ended_at is not null"
        )
        told: dict[str, list[int]] = {}
        for event in ("issued", "revoked"):
            subjects = await reader.column(
                "select subject from audit_entries where account_id = 1 and event = :event",
                event=f"long_lived_token.{event}",
            )
            told[event] = [int(one.split(" token ")[1].split()[0]) for one in subjects]

    assert sorted(told["issued"]) == sorted(issued)
    assert sorted(told["revoked"]) == sorted(ended)


async def test_processes_at_once_give_no_id_twice_and_revoke_for_each_other(api: Api) -> None:
    async with serving(api) as first, serving(api) as second:
        servers = [first, second]

        async def post(n: int) -> list[int]:
            server: Any = servers[n % 2]
            leads = [{"name": f"{n}", "tags_to_add": [{"name": f"shared {n // 4}"}]}] * 10
            answer = await server.call("POST", LEADS, json=leads)
            assert answer.status_code == 200, answer.text
            return [one["id"] for one in answer.json()["_embedded"]["leads"]]

        ids = [
            one for batch in await asyncio.gather(*(post(n) for n in range(24))) for one in batch
        ]
        assert len(ids) == len(set(ids)) == 240 == await api.count("leads")
        assert await api.count("tags") == 6

        (lead_id,) = await api.add_leads({"name": "shared"})

        async def patch(n: int) -> int:
            changes: dict[str, Any] = {"tags_to_add": [{"name": f"patch {n}"}]}
            answer = await servers[n % 2].call("PATCH", f"{LEADS}/{lead_id}", json=changes)
            return answer.status_code

        assert set(await asyncio.gather(*(patch(n) for n in range(16)))) == {200}
        shown = (await api.lead(lead_id))["_embedded"]["tags"]
        assert {tag["name"] for tag in shown} == {f"patch {n}" for n in range(16)}

        token, grant_id = await api.issue()
        assert parts(token)[0]["kid"] == api.key.kid
        calls = [(await one.call("GET", LEADS, token=token)).status_code for one in servers * 2]
        await api.revoke(grant_id)
        calls += [(await one.call("GET", LEADS, token=token)).status_code for one in servers * 2]
        assert calls == [200] * 4 + [401] * 4
