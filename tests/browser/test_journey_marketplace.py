"""The way of a public integration: draft, question, rejection, mend, approval, publication.

At its end an account of somebody else works with it.
Each of the people concerned has a browser of their own, and the integrator a site of their own.
"""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from grantway.demo.example import Site, running
from tests.browser.conftest import Served, Walker
from tests.demos import running_demo
from tests.picture_files import picture_file

NAME = "Parcel radar by Dana Labs"
MISTYPED = "parcle rader"


class Person(Walker):
    """Somebody of the demo, who signs in where they are asked to."""

    def __init__(self, browser: Browser, served: Served, name: str) -> None:
        super().__init__(browser, served)
        users = [one for of in served.ready["accounts"].values() for one in of["users"]]
        users.append(served.ready["moderator"] | {"name": "Mo"})
        self.keys = next(one for one in users if one["name"] == name)

    def go(self, path: str) -> Page:
        """Open a page of the control origin."""
        self.open("accounts", path)
        if "/sign-in" in self.page.url:
            self.sign_in_at(self.page)
            self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def sign_in_at(self, page: Page) -> None:
        page.get_by_label("E-mail").fill(self.keys["email"])
        page.get_by_label("Password", exact=True).fill(self.keys["password"])
        page.get_by_role("button", name="Sign in").click()


@dataclass
class World:
    """The demo without its example, the integrator's site that is to come, and the people."""

    served: Served
    site: Site
    folder: Path
    dana: Person
    mo: Person
    charlie: Person
    client_id: str = ""

    @property
    def own(self) -> str:
        return f"/accounts/danalabs/integrations/{self.client_id}"

    def review(self, number: int) -> str:
        return f"/moderation/{self.client_id}/{number}"


@pytest.fixture
def world(chromium: Browser, tmp_path: Path) -> Iterator[World]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        site = Site("lead_table", taken.getsockname()[1])
    options = ("--no-limits", "--no-example", "--allow-target", f"127.0.0.1:{site.port}")
    with running_demo(tmp_path, *options) as demo:
        served = Served(demo.ready)
        dana, mo, charlie = (Person(chromium, served, name) for name in ("Dana", "Mo", "Charlie"))
        yield World(served, site, tmp_path, dana, mo, charlie)
        for one in (dana, mo, charlie):
            one.context.close()


def make_draft(world: World) -> None:
    page = world.dana.go("/accounts/danalabs/integrations/new")
    page.get_by_label("Integration name").fill(NAME)
    page.get_by_role("button", name="Create public integration").click()
    page.wait_for_url(re.compile("/integrations/[0-9a-f-]{36}$"))
    world.client_id = urlsplit(page.url).path.rpartition("/")[2]
    page.get_by_label("Short description").fill("Shows where each parcel is")
    # The link to the site is forgotten: the checks will say so.
    page.get_by_label("Description", exact=True).fill(
        "Parcel radar shows the parcels of your leads."
    )
    page.get_by_label("How to install it").fill("Press the button on our site, and allow it.")
    page.locator('[name="redirect_uri"]').fill(world.site.redirect_uri)
    page.locator('[name="revoke_hook_uri"]').fill(world.site.revoke_hook_uri)
    page.locator('[name="scopes"][value="crm"]').check()
    page.locator('[name="owner_name"]').fill("Dana Labs")
    page.locator('[name="owner_uri"]').fill(world.site.url)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def show_it(world: World) -> None:
    page = world.dana.go(f"{world.own}/listing")
    page.get_by_label("Privacy policy").fill(f"{world.site.url}/privacy")
    page.get_by_label("Support site").fill(f"{world.site.url}/support")
    page.get_by_label("Support e-mail").fill("help@danalabs.example")
    for name, kind in (("icon", "icon"), ("logo", "logo"), ("gallery", "slide")):
        file = FilePayload(name=f"{name}.png", mimeType="image/png", buffer=picture_file(kind))
        page.locator(f'input[type="file"][name="{name}"]').set_input_files([file])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def describe(world: World, text: str) -> None:
    page = world.dana.go(world.own)
    page.get_by_label("Description", exact=True).fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def request_review(world: World) -> None:
    page = world.dana.go(f"{world.own}/review")
    page.get_by_label("Comment for moderators").fill("Sign in on our site with any account.")
    page.get_by_role("button", name="Request review").click()
    expect(page.get_by_text("Handed to the moderators")).to_be_visible()
    expect(page.get_by_text("In review").first).to_be_visible()


def find(world: World, query: str) -> Page:
    world.charlie.open("www", f"/marketplace?lang=en&q={query}")
    return world.charlie.page


def be_checked(world: World) -> None:
    """Learn from the checks what is missing, and request a review."""
    page = world.dana.go(f"{world.own}/review")
    expect(page.get_by_role("heading", name="Before a review")).to_be_visible()
    expect(page.get_by_text("Say where users complete the installation")).to_be_visible()
    expect(page.get_by_role("button", name="Request review")).to_have_count(0)
    describe(world, f"Parcel radar shows parcels. The best! Connect it on {world.site.url}/")
    request_review(world)


def meet_nothing(world: World) -> None:
    """Look for it from another account, in vain (S-154)."""
    page = find(world, NAME)
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)
    gone = page.goto(world.served.url("www", f"/marketplace/{world.client_id}"))
    assert gone is not None
    assert gone.status == 404


def send_back(world: World) -> None:
    """Let Mo ask, Dana answer, and Mo reject."""
    page = world.mo.go("/moderation")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_text("Sign in on our site with any account.")).to_be_visible()
    page.get_by_label("Ask the integrator").fill(
        "Which parcels are shown to a user without rights?"
    )
    page.get_by_role("button", name="Ask", exact=True).click()
    page = world.dana.go(f"{world.own}/review")
    expect(page.get_by_text("Which parcels are shown to a user without rights?")).to_be_visible()
    page.get_by_label("Answer").fill("Those of their own leads alone.")
    page.get_by_role("button", name="Send").click()
    page = world.mo.go(world.review(1))
    expect(page.get_by_text("Those of their own leads alone.")).to_be_visible()
    page.get_by_label("Rule of reason 1").select_option("T1")
    page.get_by_label("What it means here, for reason 1").fill("Leave out that it is the best.")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Rejected").first).to_be_visible()


def mend(world: World) -> None:
    """Write another version, and have it approved."""
    page = world.dana.go(f"{world.own}/review")
    expect(page.get_by_text("Leave out that it is the best.")).to_be_visible()
    page.get_by_role("button", name="Add version").click()
    describe(world, f"Parcel radar shows parcels. Connect it on {world.site.url}/")
    request_review(world)
    page = world.mo.go(world.review(2))
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved").first).to_be_visible()


def publish(world: World) -> str:
    """Return the secret key of what is published now."""
    page = world.dana.go(f"{world.own}/keys")
    page.get_by_role("button", name="Generate secret key").click()
    secret = page.locator("#secret-value").inner_text()
    page = world.dana.go(f"{world.own}/review")
    page.get_by_label("Category in the Marketplace").select_option("automation")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published: users of every account may allow it now")).to_be_visible()
    return secret


def find_it(world: World) -> None:
    """Mistype the name, and find what can be viewed and not installed here."""
    page = find(world, MISTYPED)
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_role("button", name="Install")).to_have_count(0)
    expect(page.locator(".gallery img")).to_have_js_property("naturalWidth", 1188)


def install_it(world: World, secret: str) -> None:
    """Complete it on the integrator's site, which swaps the code for tokens and reads."""
    page = world.charlie.page
    configuration = {
        "CLIENT_ID": world.client_id,
        "CLIENT_SECRET": secret,
        "PLATFORM": f"http://{world.served.root}",
        "CONNECT_TO": f"127.0.0.1:{world.served.port}",
        "DATABASE": str(world.folder / "radar.db"),
        "LOG_LEVEL": "WARNING",
    }
    with running(world.site, configuration) as example:
        example.wait()
        with page.expect_popup() as opening:
            page.get_by_role("link", name=re.compile("Go to")).click()
        site = opening.value
        with site.expect_popup() as asking:
            site.get_by_role("button", name="Continue with Grantway").click()
        window = asking.value
        world.charlie.sign_in_at(window)
        expect(window.get_by_role("heading", name=f"Let {NAME} work in Bolt?")).to_be_visible()
        window.get_by_role("button", name="Allow", exact=True).click()
        expect(site.get_by_role("heading", name="Bolt")).to_be_visible()
        page = world.charlie.go("/accounts/bolt/installed")
        expect(page.get_by_role("row").filter(has_text=NAME)).to_be_visible()


def test_from_a_draft_to_a_strangers_account(world: World) -> None:
    make_draft(world)
    show_it(world)
    be_checked(world)
    meet_nothing(world)
    send_back(world)
    mend(world)
    meet_nothing(world)  # what is approved is Dana's to publish
    secret = publish(world)
    find_it(world)
    install_it(world, secret)

    complaints = [said for one in (world.dana, world.mo, world.charlie) for said in one.complaints]
    # The browser itself tells of the page that was not there.
    assert [one for one in complaints if "404" not in one] == []
