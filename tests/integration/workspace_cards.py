"""Forms of cards as a browser would send them: all that they hold, with single changes."""

import re
from collections.abc import Collection
from html import unescape

import httpx

from tests.integration.web_client import Browser

_FORM = re.compile(r'<form\b[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_CONTROL = re.compile(
    r"<input\b[^>]*>|<select\b[^>]*>.*?</select>|<textarea\b[^>]*>.*?</textarea>", re.DOTALL
)


def held(page: str, action: str) -> dict[str, str]:
    """Return what the form with this *action* would send."""
    bodies = [body for found, body in _FORM.findall(page) if unescape(found) == action]
    assert bodies, f"no form leads to {action}"
    fields: dict[str, str] = {}
    for control in _CONTROL.findall(bodies[0]):
        opening = control.partition(">")[0]
        name = _attribute(opening, "name")
        is_box = 'type="checkbox"' in opening
        if not name or (is_box and " checked" not in opening):
            continue
        fields[name] = _value(control, opening)
    return fields


def _value(control: str, opening: str) -> str:
    if control.startswith("<textarea"):
        return unescape(control.partition(">")[2].removesuffix("</textarea>")[1:])
    if control.startswith("<select"):
        chosen = re.search(r'<option value="([^"]*)" selected', control)
        first = re.search(r'<option value="([^"]*)"', control)
        found = chosen or first
        return unescape(found[1]) if found else ""
    return _attribute(opening, "value")


def _attribute(opening: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', opening)
    return unescape(found[1]) if found else ""


async def send(
    browser: Browser, path: str, action: str = "", /, drop: Collection[str] = (), **changes: str
) -> httpx.Response:
    """Open *path* and send its form that leads to *action*, changed; names have - for __."""
    await browser.get(path, "acme")
    fields = held(browser.page, action or path)
    fields |= {name.replace("__", "-"): value for name, value in changes.items()}
    left = [one for one in fields.items() if one[0] not in drop]
    return await browser.post(action or path, left, label="acme")
