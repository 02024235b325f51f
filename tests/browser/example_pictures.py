"""Draw the pictures of the demo's listing anew: `python -m tests.browser.example_pictures`.

Slides show the example as it runs; icon and logo are its own icon.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from grantway.demo.samples import PICTURES
from tests.browser.conftest import QUIET, Served, Walker
from tests.browser.test_journey_example import connect, example
from tests.demos import running_demo
from tools.system_parts import find_chromium

_SLIDE = (1188, 616)
_DRAWN = """<body style="margin:0;display:grid;place-items:center;height:100vh;background:{ground}">
<img src="{url}/static/icon.svg" width="{size}" height="{size}"></body>"""


def draw(browser: Browser, walker: Walker) -> None:
    url = example(walker)
    for name, (width, height), size, ground in (
        ("icon", (400, 272), 148, "#eef0fb"),
        ("logo", (108, 108), 88, "#ffffff"),
    ):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(_DRAWN.format(url=url, size=size, ground=ground))
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{name}.png")
    walker.page.set_viewport_size({"width": _SLIDE[0], "height": _SLIDE[1]})
    connect(walker)
    walker.page.screenshot(path=PICTURES / "leads.png")
    walker.page.goto(url)
    walker.page.get_by_role("button", name="Continue with Grantway").wait_for()
    walker.page.screenshot(path=PICTURES / "button.png")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        draw(browser, Walker(browser, Served(demo.ready)))
        browser.close()


if __name__ == "__main__":
    main()
