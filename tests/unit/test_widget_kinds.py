"""What a file of an archive is served as: nothing that a browser would open as a page (S-134)."""

import pytest

from grantway.widgets.kinds import DRAWING, INERT, SCRIPT, STYLE, served_as
from tests.widget_archives import png

PAGE = b"<!doctype html><script>alert(1)</script>"
TEXT = "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "name",
    [
        *("html", "htm", "HTML", "xhtml", "xht", "shtml", "xml", "XML", "xsl", "xslt", "rss"),
        *("svgz", "mht", "mhtml", "hta", "swf", "pdf", "jar", "htc", "appcache", "webmanifest"),
        *("php", "html.", "html~", "html\N{KELVIN SIGN}", "", "gif;.html", "js.html"),
    ],
)
def test_a_page_is_none_whatever_it_is_called(name: str) -> None:
    assert served_as(f"a/page.{name}", PAGE) in {TEXT, INERT}
    assert served_as(f"a.js/{name.replace('.', '-')}", PAGE) == INERT


@pytest.mark.parametrize("ending", ["png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "cur"])
def test_a_picture_is_what_its_bytes_are(ending: str) -> None:
    both = png(1, 1) + PAGE

    assert served_as(f"a.{ending}", PAGE) == INERT
    assert served_as(f"a.{ending}", both) == "image/png"


def test_code_is_code_by_its_name_alone() -> None:
    for content in (PAGE, png(1, 1), b""):
        kinds = [served_as(f"a.{ending}", content) for ending in ("js", "mjs", "css", "JS")]
        assert kinds == [SCRIPT, SCRIPT, STYLE, SCRIPT]
    assert [served_as("a.svg", one) for one in (PAGE, png(1, 1))] == [DRAWING, "image/png"]
