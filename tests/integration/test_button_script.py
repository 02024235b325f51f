"""The button's script as it is served; how it behaves is in tests/browser (authorization.md 9)."""

import pytest

from tests.integration.web_client import Web

NAMES = ["/auth/button.js", "/auth/button.min.js"]


@pytest.mark.parametrize("path", NAMES)
async def test_it_is_a_script_for_pages_of_others(web: Web, path: str) -> None:
    answer = await web.browser().get(path, "www")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", NAMES)
async def test_it_carries_our_addresses_and_nobody_elses(web: Web, path: str) -> None:
    script = (await web.browser().get(path, "www")).text

    assert "https://www.grantway.test" in script
    assert "https://accounts.grantway.test" in script
    assert ".invalid" not in script
    assert "eval(" not in script
    assert "innerHTML" not in script


async def test_it_is_small(web: Web) -> None:
    script = await web.browser().get("/auth/button.min.js", "www")

    assert len(script.content) < 6_000


@pytest.mark.parametrize("path", NAMES)
async def test_whoever_has_it_is_told_so(web: Web, path: str) -> None:
    browser = web.browser()
    first = await browser.get(path, "www")
    again = await browser.get(path, "www", **{"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("label", ["accounts", "acme", "static"])
async def test_it_stands_on_the_public_host_alone(web: Web, label: str) -> None:
    assert (await web.browser().get("/auth/button.js", label)).status_code == 404
