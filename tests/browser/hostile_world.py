"""Workspaces with widgets of Mallory's in them: acme has them in its pages, bolt in frames."""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from grantway.accounts.actor import Actor
from grantway.accounts.passwords import hash_password
from grantway.db import Transaction
from grantway.installing.frames import let_run_in_frames
from grantway.installing.model import Channel
from grantway.installing.service import install
from grantway.integrations import service as integrations
from tests.browser import hostile_scripts as scripts
from tests.browser.conftest import Served
from tests.browser.test_workspace_marketplace import PASSWORD
from tests.contract.installing_cast import DEPOT, SCRIPT, give_widget, manifest
from tests.contract.integration_cast import NOW
from tests.integration.api_client import Api
from tests.integration.marketplace_world import Market

ON_CONTACTS: Mapping[str, bytes] = {
    "Thrower": scripts.THROWS,
    "Rejecter": scripts.REJECTS,
    "Half": scripts.BREAKS_OFF,
    "Lacking": scripts.LACKS,
    "Hanger": scripts.HANGS,
    "Worker": scripts.WORKS,
}
MARKUP = "<img src=x class=marked>"
PATIENCE = 10


class Hostile:
    """What was made, by name; and what the server knows and said meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes: dict[str, str] = {}
        self.leads: dict[str, int] = {}
        self.contacts: dict[str, int] = {}
        self.served: Served

    async def fill(self, api: Api, market: Market) -> None:
        hashed = await hash_password(PASSWORD)
        alice, charlie = market.people.alice, market.people.charlie
        async with market.db.write() as tx:
            await tx.change("update users set password_hash = :hashed", hashed=hashed)
            depot = manifest({"depot": DEPOT})
            await self._make(tx, alice, "Target", depot, scripts.BEFOREHAND, is_installed=False)
            # Without such texts in its i18n, the paths to them are what is shown.
            marked = manifest({MARKUP: DEPOT | {"name": MARKUP}}, version=MARKUP, name=MARKUP)
            await self._make(tx, alice, "Marked", marked, SCRIPT, is_installed=False)
            await self._make(tx, alice, "Victim", manifest(), SCRIPT)
            await self._make(tx, alice, "Mallory", manifest(), scripts.MALLORY)
            for name, script in ON_CONTACTS.items():
                await self._make(tx, alice, name, _on("ccard-1"), script)
            await let_run_in_frames(tx, charlie, NOW, in_frames=True)
            framed = await self._make(tx, charlie, "Framed", _on("lcard-1"), scripts.FRAMED)
            more = scripts.taking(self.codes["Framed"])
            await give_widget(tx, charlie, framed, _on("lcard-1"), script=scripts.FRAMED, **more)
            await self._make(tx, charlie, "Looper", _on("ccard-1"), scripts.LOOPS)
            await self._make(tx, charlie, "Beside", _on("ccard-1", "lcard-1"), scripts.WORKS)
        for label in ("acme", "bolt"):
            (self.leads[label],) = await api.add_leads({"name": "Chairs"}, host=label)
            body = [{"name": "Ann"}]
            added = await api.call("POST", "/api/v4/contacts", host=label, json=body)
            self.contacts[label] = added.json()["_embedded"]["contacts"][0]["id"]

    async def _make(
        self,
        tx: Transaction,
        owner: Actor,
        name: str,
        raw: dict[str, Any],
        script: bytes,
        *,
        is_installed: bool = True,
    ) -> str:
        about = integrations.Settings(name=name, redirect_uri="https://parcel.example/in")
        made = await integrations.create_private(tx, owner, NOW, about)
        self.codes[name] = await give_widget(tx, owner, made.client_id, raw, script=script)
        if is_installed:
            await install(tx, owner, made.client_id, channel=Channel.UI, now=NOW)
        return made.client_id

    def facts(self) -> dict[str, int]:
        """Return how much there is of what a press on Install or Disable may lead to."""
        asked = {
            "installed": "installations where ended_at is null",
            "calls": "deliveries",
            "open questions": "install_intents where state = 'open'",
        }
        path = f"file:{self.folder / 'grantway.db'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as db:
            counted = {
                k: db.execute(f"select count(*) from {v}").fetchone() for k, v in asked.items()
            }
        return {name: int(row[0]) for name, row in counted.items()}

    def refused(self) -> int:
        """Return how many presses the server was told of that nobody made."""
        return (self.folder / "serve.log").read_text().count("widgets.press_refused")

    def refused_after(self, page: Page, before: int, wanted: int) -> int:
        """Return how many more there are, once there are as many as are *wanted*."""
        end = time.monotonic() + PATIENCE
        while self.refused() - before < wanted and time.monotonic() < end:
            page.wait_for_timeout(50)
        page.wait_for_timeout(100)  # for one too many
        return self.refused() - before


def _on(*locations: str) -> dict[str, Any]:
    return manifest() | {"locations": list(locations)}


def open_modal(page: Page, code: str) -> Locator:
    """Open the settings of a widget on the page of integrations; return its modal."""
    page.locator(f"[data-widget-open='{code}']").last.click()
    modal = page.locator(f".widget-settings__modal.{code}")
    expect(modal).to_be_visible()
    return modal
