"""How a widget hands a key to its server: the page's script and server, run against each other."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, snippets
from tests.integration.example_site import PlayedPlatform
from tests.integration.parcel_server import ORIGIN, Widget, parcel_server, token

PAGE = ROOT / "docs" / "how-to" / "settings-and-secrets-of-a-widget.md"

# What the page of the platform is to the script: it sends one token, whatever is asked.
BROWSER = """\
import { readFileSync } from "node:fs";

const [server, token, ...keys] = process.argv.slice(2);
const $ = {
  async ajax({ url, method, headers, data }) {
    const address = new URL(new URL(url).pathname, server);
    const answer = await fetch(address, { method, headers, body: new URLSearchParams(data) });
    if (!answer.ok) throw { status: answer.status };
    return await answer.json();
  },
};
let Widget;
globalThis.define = (_, factory) => { Widget = factory($); };
globalThis.APP = { notifications: { show_message_error: ({ text }) => told.push(text) } };
new Function(readFileSync("script.js", "utf8"))();
const self = {
  i18n: (name) => name,
  $authorizedAjax: (asked) => $.ajax({ ...asked, headers: { "X-Auth-Token": token } }),
};
Widget.call(self);
let told = [];
for (const key of keys) {
  const fields = { key };
  told = [];
  const saved = await self.callbacks.onSave({ active: "Y", fields }).catch(({ status }) => status);
  console.log(JSON.stringify([saved, fields.key, told.length]));
}
"""


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Widget]:
    for one in snippets(PAGE.read_text()):
        if one.file:
            (tmp_path / one.file).write_text(one.text)
    (tmp_path / "browser.mjs").write_text(BROWSER)
    monkeypatch.delitem(sys.modules, "keys", raising=False)
    async with parcel_server(PlayedPlatform(), tmp_path, monkeypatch, "keys:Keys") as served:
        yield served


async def saving(server: Widget, sent: str, *keys: str) -> list[Any]:
    """Save the settings with each key in one page; return what became of it."""
    program = await asyncio.create_subprocess_exec(
        *("node", "browser.mjs", str(server.client.base_url), sent, *keys),
        cwd=server.database.parent,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await program.communicate()
    return [json.loads(line) for line in printed.decode().splitlines()]


def kept() -> dict[int, str]:
    found: dict[int, str] = sys.modules["keys"].KEYS
    return found


async def test_a_mistyped_key_can_be_sent_again_with_the_same_token(server: Widget) -> None:
    saved = await saving(server, token(is_admin=True), "short", "long enough", "another one")

    assert saved == [[False, "short", 1], [True, "handed over", 0], [True, "handed over", 0]]
    assert kept() == {7: "another one"}


@pytest.mark.parametrize("is_admin", [False, None, 1, "true"])
async def test_only_administrators_hand_over_a_key(server: Widget, is_admin: object) -> None:
    saved = await saving(server, token(is_admin=is_admin), "long enough", "long enough")

    assert saved == [[False, "long enough", 1]] * 2
    assert kept() == {}


async def test_without_a_good_token_nothing_is_kept_or_saved(server: Widget) -> None:
    spent = token(is_admin=True)
    await server.ask(x_auth_token=spent)

    assert await saving(server, spent, "long enough") == [[401, "long enough", 0]]
    assert await saving(server, token(secret="m" * 64), "a key of hers") == [
        [401, "a key of hers", 0]
    ]
    assert kept() == {}


async def test_pages_of_accounts_may_send_it(server: Widget) -> None:
    for origin, status in ((ORIGIN, 204), ("http://mallory.example", 403)):
        asked = await server.client.options("/key", headers={"origin": origin})
        assert asked.status_code == status
