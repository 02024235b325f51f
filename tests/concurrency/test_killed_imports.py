"""Kill -9 in the middle of an import: the next run loses nothing and doubles nothing."""

import asyncio
import base64
import json
import random
import sys
from pathlib import Path

from grantway.crm.transfer import importing
from grantway.db import Database
from tests.concurrency.processes import ROOT, kill
from tests.contract.transfer_cast import World
from tests.demos import clean_environment

LEADS = 9_000
KILLS = 3
PATIENCE = 60.0
FAULTY = 7
"""So many leads there are for each that is refused."""


def write(file: Path) -> None:
    rows = [
        {
            "id": n,
            "name": f"Lead {n}",
            "price": "much" if n % FAULTY == 0 else n,
            "_links": {"self": {"href": f"https://old.example/api/v4/leads/{n}"}},
        }
        for n in range(1, LEADS + 1)
    ]
    # One page of all: an import that is killed has come somewhere into it.
    file.write_text(json.dumps({"_embedded": {"leads": rows}}))


def refused_ids(file: Path) -> list[int]:
    return [json.loads(line)["row"]["id"] for line in file.read_text().splitlines()]


async def start(url: str, file: Path) -> asyncio.subprocess.Process:
    arguments = ("-m", "grantway", "crm", "import", str(file), "--account", "bolt")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=clean_environment(
            GRANTWAY_DATABASE=url,
            GRANTWAY_SECRET_KEY=base64.b64encode(bytes(range(32))).decode(),
            GRANTWAY_DOMAIN="grantway.test",
        ),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def until_it_moves(world: World, before: int, process: asyncio.subprocess.Process) -> int:
    """Wait until more rows are done than *before*, and return how many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with world.db.read() as reader:
                found = await importing.list_imports(reader, world.charlie.account_id)
            done = found[0].item if found else 0
            if done > before or process.returncode is not None:
                return done
            await asyncio.sleep(0.005)


async def test_a_killed_import_goes_on_where_it_was(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    world = await World(db).open()
    file = tmp_path / "leads.json"
    write(file)
    choose = random.Random(9)
    done = 0
    for _ in range(KILLS):
        doomed = await start(database_url, file)
        done = await until_it_moves(world, done, doomed)
        await asyncio.sleep(choose.uniform(0, 0.1))
        assert doomed.returncode is None, "it was over before it was killed"
        await kill(doomed)
    heir = await start(database_url, file)
    assert await asyncio.wait_for(heir.wait(), PATIENCE) == 1, "some rows are refused"

    async with db.read() as reader:
        prices = await reader.column(
            "select price_minor from leads where account_id = 2 order by price_minor"
        )
        (told,) = await importing.list_imports(reader, world.charlie.account_id)
    refused = refused_ids(Path(f"{file}.refused.jsonl"))
    assert prices == [n * 100 for n in range(1, LEADS + 1) if n % FAULTY]
    assert refused == [n for n in range(1, LEADS + 1) if n % FAULTY == 0]
    assert (told.counts, told.refused) == ({"leads": len(prices)}, len(refused))
    assert told.finished_at is not None
