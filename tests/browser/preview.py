"""Look at the pages: render each with sample values and photograph it.

    python -m tests.browser.preview --out FOLDER     all pages, light and dark, desk and phone
    python -m tests.browser.preview --only keys      those whose name begins so
    python -m tests.browser.preview --serve 8765     leave them served, to click through

It fails when a page writes an error to the console (the content security policy is the real one),
or is wider than its window; with `--axe FILE` (axe.min.js of the npm package axe-core) also when
axe objects.
"""

import argparse
import mimetypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from grantway.web.pages import ASSETS, Pages, Site
from tests.browser.preview_pages import ANSWERS, SAMPLES, Sample
from tests.browser.preview_values import NOW, ROOT

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
WIDTHS = {"desk": (1280, 860), "phone": (390, 844)}


class Handler(BaseHTTPRequestHandler):
    """Serve the samples by name, the assets, and an answer to each form that htmx sends."""

    pages = Pages(Site(scheme="http", root=ROOT), now=lambda: NOW)
    htmx: Path | None = None

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self.answer(200, "text/html", index().encode())
        elif path.startswith("/assets/"):
            self.answer_file(path)
        else:
            self.answer_sample(next((s for s in SAMPLES if path == f"/{s.name}"), None))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        self.answer_sample(next((s for end, s in ANSWERS.items() if path.endswith(end)), None))

    def answer_sample(self, sample: Sample | None) -> None:
        if sample is None:
            self.answer(404, "text/plain", b"no such sample")
        else:
            self.answer(
                200, "text/html", self.pages.render(sample.template, **sample.context).encode()
            )

    def answer_file(self, path: str) -> None:
        file = ASSETS / path.removeprefix("/assets/")
        if self.htmx and file.name == "htmx.min.js":
            file = self.htmx
        if file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.answer(200, kind, file.read_bytes())
        else:
            self.answer(404, "text/plain", b"no such asset")

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Stay quiet: the report is enough."""


def index() -> str:
    links = "".join(f'<li><a href="/{sample.name}">{sample.name}</a>' for sample in SAMPLES)
    return f"<!doctype html><title>Preview</title><ul>{links}</ul>"


@contextmanager
def served(port: int) -> Iterator[str]:
    """Serve the samples on loopback while the block runs; give their address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def photograph(
    browser: Browser, address: str, samples: list[Sample], out: Path, axe: str
) -> list[str]:
    """Write a picture of each sample in each look; return what is wrong with them."""
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        for width, (across, down) in WIDTHS.items():
            context = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": across, "height": down},
                reduced_motion="reduce",
                bypass_csp=False,
            )
            page = context.new_page()
            for sample in samples:
                look = f"{sample.name}-{width}-{scheme}"
                wrong += [
                    f"{look}: {fault}" for fault in visit(page, f"{address}/{sample.name}", axe)
                ]
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=out / f"{look}.png", full_page=True)
            context.close()
    return wrong


def visit(page: Page, url: str, axe: str) -> list[str]:
    """Open *url* and return its faults."""
    faults: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(f"console: {message.text}")

    page.on("console", listen)
    page.goto(url, wait_until="load")
    surplus = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if surplus > 0:
        faults.append(f"{surplus} px wider than the window")
    if axe:
        # Playwright evaluates outside the page's policy, so the policy stays the real one.
        page.evaluate(axe)
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules})",
            ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
        )
        faults += [
            f"{rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
    page.remove_listener("console", listen)
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description="Photograph Grantway's pages with sample values.")
    parser.add_argument(
        "--out", type=Path, default=Path("/tmp/grantway-preview"), help="folder for pictures"
    )
    parser.add_argument("--only", default="", help="only the samples whose name begins so")
    parser.add_argument(
        "--htmx", type=Path, help="htmx.min.js, while the build has not put it in its place"
    )
    parser.add_argument("--axe", type=Path, help="axe.min.js, to check accessibility too")
    parser.add_argument(
        "--serve", type=int, metavar="PORT", help="serve until interrupted; no pictures"
    )
    options = parser.parse_args()
    Handler.htmx = options.htmx
    if options.serve is not None:
        with served(options.serve) as address:
            sys.stdout.write(f"Serving on {address}, interrupt to stop.\n")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return 0
    samples = [sample for sample in SAMPLES if sample.name.startswith(options.only)]
    options.out.mkdir(parents=True, exist_ok=True)
    axe = options.axe.read_text() if options.axe else ""
    with served(0) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        wrong = photograph(browser, address, samples, options.out, axe)
        browser.close()
    for fault in wrong:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(samples)} pages in {options.out}, {len(wrong)} faults.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
