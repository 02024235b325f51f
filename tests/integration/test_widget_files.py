"""Files of widgets on hosts of workspaces: whose they are, and as what (S-137, S-138)."""

import pytest

from grantway.integrations import states
from tests.integration.web_client import ALICE, BOB, CHARLIE, Browser, Web
from tests.integration.widget_world import (
    DRAWING,
    PAGE,
    make_private,
    make_published,
    packed,
    upload,
)
from tests.widget_archives import SCRIPT

FOR_EVER = "max-age=31536000, immutable"


@pytest.fixture
async def code(web: Web) -> str:
    """Return the code of a private widget of acme."""
    return (await upload(web, await make_private(web))).code


@pytest.fixture
async def bob(web: Web) -> Browser:
    return await web.entered(BOB)


async def status(browser: Browser, path: str, label: str = "acme", **headers: str) -> int:
    return (await browser.get(path, label, **headers)).status_code


async def test_both_documented_paths_serve_a_file(bob: Browser, code: str) -> None:
    for path in (f"/upl/{code}/1/widget/script.js", f"/widgets/{code}/script.js"):
        answer = await bob.get(path, "acme")
        assert (answer.status_code, answer.content) == (200, SCRIPT)
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"


TYPES = {
    "script.js": "text/javascript; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "manifest.json": "application/json",
    "templates/card.twig": "text/plain; charset=utf-8",
    "templates/page.html": "text/plain; charset=utf-8",
    "images/mark.svg": "image/svg+xml",
    "images/tour.png": "image/png",
    "images/false.png": "application/octet-stream",
    "fonts/mark.woff2": "font/woff2",
    "old/widget.zip": "application/octet-stream",
    "README": "application/octet-stream",
    "images/svg": "application/octet-stream",
    "pages/html": "application/octet-stream",
}


async def test_types_are_fixed_and_nothing_is_a_page(bob: Browser, code: str) -> None:
    for path, kind in TYPES.items():
        answer = await bob.get(f"/widgets/{code}/{path}", "acme")
        policy = answer.headers["content-security-policy"]
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        if not path.endswith((".js", ".css")):
            assert "sandbox" in policy
            assert "default-src 'none'" in policy
            assert "script-src" not in policy
        if path.endswith((".svg", ".html")):
            assert answer.content in {DRAWING, PAGE}


NOWHERE = (
    "",
    "images",
    "images/",
    "Script.js",
    "missing.js",
    "../1/widget/script.js",
    "%2e%2e/widget/script.js",
    "..%2fwidget/script.js",
    "images/..%2fscript.js",
    "images/%2e%2e/script.js",
    "images%5c..%5cscript.js",
    "script.js%00",
    "script.js/",
    "%ff",
    "/script.js",
    "script.js%20",
    "%2Fetc%2Fpasswd",
)


async def test_nothing_but_its_files(bob: Browser, code: str) -> None:
    for path in NOWHERE:
        assert await status(bob, f"/upl/{code}/1/widget/{path}") == 404
        assert await status(bob, f"/widgets/{code}/{path}") == 404
    assert await status(bob, f"/widgets/{code}/images/tour.png") == 200


async def test_no_other_number(bob: Browser, code: str) -> None:
    wrong = ["0", "2", "01", "-1", "1.0", "\N{FULLWIDTH DIGIT NINE}", "9" * 20, "9" * 5000]
    for number in wrong:
        assert await status(bob, f"/upl/{code}/{number}/widget/script.js") == 404


async def test_an_update_is_another_number(web: Web, bob: Browser, code: str) -> None:
    client_id = await make_private(web)
    first = await upload(web, client_id)
    await upload(web, client_id, packed("2", new=b"1"))

    assert await status(bob, f"/upl/{first.code}/2/widget/new.js") == 200
    assert await status(bob, f"/widgets/{first.code}/new.js") == 200
    assert await status(bob, f"/upl/{first.code}/1/widget/new.js") == 404
    assert await status(bob, f"/upl/{first.code}/1/widget/script.js") == 200


async def test_how_long_a_file_is_kept(bob: Browser, code: str) -> None:
    async def kept(path: str) -> str:
        return (await bob.get(path, "acme")).headers["cache-control"]

    assert await kept(f"/upl/{code}/1/widget/script.js?version=1.0.0") == f"private, {FOR_EVER}"
    assert await kept(f"/upl/{code}/1/widget/script.js") == "private, no-cache"
    # Here an update may change what is at the address, though the manifest kept its version.
    assert await kept(f"/widgets/{code}/script.js?version=1.0.0") == "private, no-cache"


async def test_an_unchanged_file_is_not_sent_again(bob: Browser, code: str) -> None:
    path = f"/widgets/{code}/script.js"
    etag = (await bob.get(path, "acme")).headers["etag"]
    again = await bob.get(path, "acme", **{"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    # As a proxy tells it that packed the answer.
    assert await status(bob, path, **{"if-none-match": f'"other", W/{etag}'}) == 304
    assert await status(bob, path, **{"if-none-match": '"other"'}) == 200


# Whose they are (S-138).


async def test_a_private_file_is_for_users_of_its_account(web: Web, code: str) -> None:
    path = f"/widgets/{code}/script.js"

    for email in (ALICE, BOB):
        assert await status(await web.entered(email), path) == 200
    assert await status(web.browser(), path) == 404
    charlie = await web.entered(CHARLIE, "bolt")
    assert await status(charlie, path, "bolt") == 404
    assert await status(charlie, path, "acme") == 404
    # Neither does its existence show.
    wrong = await charlie.get(f"/widgets/{'w' * 16}/script.js", "bolt")
    right = await charlie.get(path, "bolt")
    ids = (right.headers["x-request-id"], wrong.headers["x-request-id"])
    assert right.text.replace(ids[0], "") == wrong.text.replace(ids[1], "")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_of_another_workspace_cannot_load_a_private_file(
    bob: Browser, code: str, site: str
) -> None:
    path = f"/widgets/{code}/script.js"

    assert await status(bob, path, **{"sec-fetch-site": site}) == 404
    own = await bob.get(path, "acme", **{"sec-fetch-site": "same-origin"})
    assert own.status_code == 200
    assert own.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in own.headers


async def test_a_published_file_is_for_everybody_on_every_workspace(web: Web) -> None:
    _, made = await make_published(web)
    path = f"/upl/{made.code}/1/widget/script.js"

    for label in ("acme", "bolt"):
        answer = await web.browser().get(path, label, **{"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    exact = await web.browser().get(f"{path}?version=1.0.0", "bolt")
    assert exact.headers["cache-control"] == f"public, {FOR_EVER}"


async def test_what_the_operator_stopped_is_served_to_nobody(web: Web) -> None:
    client_id, made = await make_published(web)
    alice = await web.entered(ALICE)
    path = f"/widgets/{made.code}/script.js"
    assert await status(alice, path) == 200
    async with web.api.db.write() as tx:
        await states.disable(tx, client_id, "Abuse", web.clock())

    assert await status(alice, path) == 404


@pytest.mark.parametrize("label", ["accounts", "www"])
async def test_no_file_is_served_on_our_own_origins(web: Web, label: str) -> None:
    _, made = await make_published(web)

    for path in (f"/widgets/{made.code}/script.js", f"/upl/{made.code}/1/widget/script.js"):
        assert await status(web.browser(), path, label) == 404


async def test_no_file_becomes_a_service_worker(bob: Browser, code: str) -> None:
    path = f"/widgets/{code}/script.js"

    assert await status(bob, path, **{"service-worker": "script"}) == 404
    assert await status(bob, path, **{"sec-fetch-dest": "worker"}) == 200


async def test_a_post_is_no_way_to_a_file(bob: Browser, code: str) -> None:
    answer = await bob.request("POST", f"/widgets/{code}/script.js", label="acme")

    assert answer.status_code == 405


async def test_back_ends_of_old_are_gone(web: Web, bob: Browser) -> None:
    asked = "/widgets/my-acme/loader/parcel/status"
    found = await bob.get(asked, "acme")
    sent = await bob.request("POST", asked, label="acme")

    assert (found.status_code, sent.status_code) == (410, 410)
    assert "$authorizedAjax" in found.text == sent.text
    assert found.headers["content-type"].startswith("text/plain")
    # To nobody it says more than to Bob.
    assert await status(web.browser(), asked) == 410


async def test_a_folder_of_that_name_is_served(web: Web, bob: Browser) -> None:
    raw = packed("1.0.0", **{"loader/a": SCRIPT})
    code = (await upload(web, await make_private(web), raw)).code
    answer = await bob.get(f"/widgets/{code}/loader/a.js", "acme")

    assert (answer.status_code, answer.content) == (200, SCRIPT)
    assert await status(bob, f"/upl/{code}/1/widget/loader/b.js") == 404
