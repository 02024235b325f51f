"""The public host, assets, headers of every page, and hosts that are none of ours."""

import hashlib
import json
import re

import pytest

from grantway.web.asset_files import ASK_AGAIN, FOR_EVER
from grantway.web.pages import ASSETS
from tests.integration.conftest import OpenApi
from tests.integration.web_client import ALICE, PASSWORDS, Browser, Web, give_passwords

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "cache-control": "no-store",
}


async def test_the_start_page_says_what_this_is(web: Web) -> None:
    browser = web.browser()
    answer = await browser.get("/", "www")

    assert answer.status_code == 200
    assert "Let software in. Keep the keys." in browser.text()
    assert "This is a demo" not in browser.text()
    assert browser.cookies == {"www.grantway.test": {}}


async def test_a_demo_tells_its_sign_ins(
    open_api: OpenApi, password_hashes: dict[str, str]
) -> None:
    demo = (("Alice", ALICE, PASSWORDS[ALICE]), ("Mo", "mo@grantway.example", "mo's"))
    api = await open_api(demo_sign_ins=demo)
    await give_passwords(api, password_hashes)
    browser = Browser(api.platform)
    await browser.get("/", "www")

    assert "Alice Administrator of Acme alice@acme.example Alice's own pass phrase" in (
        browser.text()
    )
    assert "example integration" not in browser.text()
    assert (await browser.sign_in(ALICE)).status_code == 303


async def test_a_demo_leads_to_its_example(open_api: OpenApi) -> None:
    demo = (("Alice", ALICE, PASSWORDS[ALICE]),)
    api = await open_api(demo_sign_ins=demo, demo_example="http://localhost:8001")
    answer = await Browser(api.platform).get("/", "www")

    assert '<a href="http://localhost:8001">The example integration</a>' in answer.text


async def test_the_reference_and_its_document_are_served(web: Web) -> None:
    browser = web.browser()
    page = await browser.get("/reference", "www")
    document = await browser.get("/openapi.json", "www")

    assert page.status_code == 200
    assert "connect-src 'self' https://*.grantway.test" in page.headers["content-security-policy"]
    assert document.headers["content-type"] == "application/json"
    assert json.loads(document.content)["openapi"].startswith("3.1")


async def test_robots_are_answered(web: Web) -> None:
    answer = await web.browser().get("/robots.txt", "www")

    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    for path in ("/oauth", "/es/oauth", "/br/oauth", "/id/oauth"):
        assert f"Disallow: {path}" in lines
    assert "Disallow: /" not in lines
    assert lines[-1] == "Sitemap: https://www.grantway.test/sitemap.xml"


@pytest.mark.parametrize("label", ["accounts", "acme", "static"])
async def test_search_engines_read_nothing_elsewhere(web: Web, label: str) -> None:
    answer = await web.browser().get("/robots.txt", label)

    assert (answer.status_code, answer.text) == (200, "User-agent: *\nDisallow: /\n")
    assert (await web.browser().get("/sitemap.xml", label)).status_code in {303, 404}


@pytest.mark.parametrize("label", ["www", "accounts", "acme", "static", "nobody"])
async def test_assets_are_on_every_origin(web: Web, label: str) -> None:
    browser = web.browser()
    content = (ASSETS / "layout.css").read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:10]
    exact = await browser.get(f"/assets/layout.css?v={mark}", label)
    bare = await browser.get("/assets/layout.css", label)
    other = await browser.get("/assets/layout.css?v=0123456789", label)

    assert exact.content == bare.content == other.content == content
    assert exact.headers["cache-control"] == FOR_EVER
    assert bare.headers["cache-control"] == other.headers["cache-control"] == ASK_AGAIN
    assert exact.headers["content-type"] == "text/css; charset=utf-8"
    assert exact.headers["x-content-type-options"] == "nosniff"
    same = await browser.get("/assets/layout.css", label, **{"if-none-match": bare.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize("label", ["accounts", "acme", "www"])
async def test_every_asset_that_a_page_names_is_there(web: Web, label: str) -> None:
    browser = await web.entered(ALICE)
    await browser.open("/", label)
    named = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', browser.page))

    assert len(named) > 4
    for address in named:
        answer = await browser.get(address.replace("&amp;", "&"), label)
        assert (answer.status_code, address) == (200, address)
        assert answer.headers["cache-control"] == FOR_EVER


OUTSIDE = [
    "/assets/",
    "/assets",
    "/assets/vendor",
    "/assets/vendor/",
    "/assets/../pages.py",
    "/assets/%2e%2e/pages.py",
    "/assets/..%2fpages.py",
    "/assets/%2fetc/passwd",
    "/assets//etc/passwd",
    "/assets/..%5cpages.py",
    "/assets/layout.css%00.js",
    "/assets/LAYOUT.CSS",
    "/assets/layout.css/",
]


async def test_no_address_leads_out_of_the_assets(web: Web) -> None:
    for path in OUTSIDE:
        answer = await web.browser().request("GET", f"https://static.grantway.test{path}")
        assert (answer.status_code, path) == (404, path)
        assert answer.headers["content-type"].startswith("text/html")


PAGES = [
    ("www", "/"),
    ("www", "/reference"),
    ("www", "/nothing"),
    ("accounts", "/sign-in"),
    ("accounts", "/"),
    ("accounts", "/nothing"),
    ("acme", "/"),
    ("acme", "/leads/"),
    ("acme", "/nothing"),
    ("nobody", "/"),
    ("static", "/"),
    ("www.elsewhere", "/"),
]


async def test_headers_that_every_page_has(web: Web) -> None:
    for browser in (web.browser(), await web.entered(ALICE)):
        for label, path in PAGES:
            answer = await browser.request(
                "GET", path, label=label, headers={"origin": "https://evil.example"}
            )
            policy = answer.headers["content-security-policy"]

            assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy
            assert "base-uri 'none'" in policy
            assert "script-src 'self'" in policy
            assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
            assert not [name for name in answer.headers if name.startswith("access-control")]
            assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
            if answer.content:
                assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_no_page_has_a_script_or_a_style_of_its_own(web: Web) -> None:
    alice = await web.entered(ALICE)
    for label, path in (
        ("accounts", "/"),
        ("accounts", web.window),
        ("accounts", f"{web.window}/keys"),
        ("accounts", f"{web.window}/authorization"),
        ("acme", "/leads/"),
        ("www", "/"),
    ):
        await alice.get(path, label)
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", alice.page)
        assert not re.search(r'(?:src|href)="(?:https?:)?//(?![a-z]+\.grantway\.test)', alice.page)


@pytest.mark.parametrize("label", ["www", "accounts", "acme"])
async def test_a_wrong_method_is_told(web: Web, label: str) -> None:
    browser = await web.entered(ALICE)
    path = {"www": "/", "accounts": "/sign-out", "acme": "/leads/"}[label]
    method = "GET" if label == "accounts" else "DELETE"
    answer = await browser.request(method, path, label=label)

    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert "This page does not work that way" in answer.text


async def test_a_fault_of_ours_is_a_page_without_its_reason(
    web: Web, alice: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    async with web.api.db.write() as tx:
        await tx.change("update account_users set rights = 'broken', role = 'user'")
    answer = await alice.get("/")

    assert answer.status_code == 500
    assert "Something broke on our side" in alice.text()
    assert answer.headers["x-request-id"] in alice.text()
    assert "Traceback" not in alice.page
    assert "JSON" not in alice.page
    assert answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"] in capsys.readouterr().out


async def test_the_hosts_of_programs_and_strangers(web: Web) -> None:
    browser = web.browser()
    api = await browser.get("/", "api")
    stranger = await browser.request("GET", "https://evil.example/sign-in")
    root = await browser.request("GET", "https://grantway.test/oauth?client_id=c&state=a%26b")

    assert (api.status_code, api.headers["content-type"]) == (404, "application/problem+json")
    assert stranger.status_code == 404
    assert "No account lives at this address" in browser.text()
    assert "evil.example" not in browser.page
    assert (root.status_code, root.headers["location"]) == (
        308,
        "https://www.grantway.test/oauth?client_id=c&state=a%26b",
    )
