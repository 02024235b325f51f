"""A widget as pages tell the SDK of it: the `BootWidget` of `websdk/src/boot.ts`.

Every widget of the page may read all of it, so nothing else belongs here
(contract 3.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grantway.db import Reader
from grantway.installing import keeping
from grantway.installing.model import State, Status
from grantway.installing.settings import as_params
from grantway.installing.wording import Texts, language_of, said
from grantway.integrations import clients
from grantway.integrations.clients import Presented
from grantway.web.workspace.hall import Guest
from grantway.widgets.archives.model import Manifest
from grantway.widgets.service import Widget

_ACTIVE = {Status.INSTALL: "N", Status.NOT_CONFIGURED: "S", Status.INSTALLED: "Y"}
_OWN = "own_integrations"


async def shown_widget(reader: Reader, guest: Guest, state: State, texts: Texts) -> dict[str, Any]:
    """Return the widget with its settings and its texts, in the language of who looks."""
    widget, manifest = state.widget, state.widget.manifest
    langs = await texts.of(widget)
    presented = await clients.find_presented(reader, widget.client_id, guest.visit.user.language)
    is_own = widget.account_id == guest.account.id
    # What is kept of a widget that was removed waits for those who install it again.
    is_here = state.status is not Status.INSTALL
    shown: dict[str, Any] = {
        "id": widget.id,
        "code": widget.code,
        "version": manifest.version,
        "path": f"/upl/{widget.code}/{widget.number}/widget",
        "params": as_params(manifest.settings, state.settings) if is_here else {},
        "status": state.status,
        "active": _ACTIVE[state.status],
        "widget_active": "Y" if state.status is Status.INSTALLED else "N",
        "oauth_client_uuid": widget.client_id,
        "category_code": _OWN if is_own else "",
        "support": {
            "name": presented.owner_name if presented else "",
            "link": manifest.support_link,
            "email": manifest.support_email,
            "privacy_policy": (presented.privacy_uri if presented else None) or "",
        },
        "manifest": _manifest(manifest, langs) | _tour(widget, langs, texts.wanted),
        "langs": langs,
        "listing": _listing(presented),
    }
    if manifest.areas & keeping.AREAS:
        shown["forms"] = await keeping.values(reader, guest.actor, state) if is_here else {}
    if state.on_install_due and guest.actor.is_administrator:
        shown["on_install_due"] = True
    return shown


def _listing(presented: Presented | None) -> dict[str, Any]:
    """Return what the form of a public integration says; a private widget speaks for itself."""
    if presented is None or presented.kind == "private":
        return {"name": ""}
    return {
        "name": presented.name,
        "short_description": presented.short_description,
        "owner": presented.owner_name,
        "showcase_href": presented.owner_uri or "",
    }


def _tour(widget: Widget, langs: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    tour = _object(widget.manifest.raw.get("tour"))
    images = _object(tour.get("tour_images")).get(language_of(widget.manifest, wanted))
    shown: dict[str, Any] = {}
    if isinstance(images, list):
        base = f"/upl/{widget.code}/{widget.number}/widget"
        shown["tour_images"] = [f"{base}/{str(one).lstrip('/')}" for one in images]
    if "tour_description" in tour:
        shown["tour_description"] = said(langs, tour["tour_description"])
    return shown


def _manifest(manifest: Manifest, langs: Mapping[str, Any]) -> dict[str, Any]:
    raw = manifest.raw
    shown: dict[str, Any] = {
        "locations": manifest.locations,
        "init_once": manifest.init_once,
        "installation": manifest.installation,
        "is_showcase": manifest.is_showcase,
        "settings": [
            {
                "code": one.code,
                "name": said(langs, one.name),
                "type": one.type,
                "is_required": one.is_required,
            }
            for one in manifest.settings
        ],
    }
    if pipeline := _object(raw.get("dp")):
        shown["dp"] = {
            "settings": _fields(pipeline.get("settings"), langs),
            "action_multiple": bool(pipeline.get("action_multiple")),
        } | ({"title": said(langs, pipeline["title"])} if "title" in pipeline else {})
    if handlers := _object(raw.get("salesbot_designer")):
        shown["salesbot_designer"] = {
            code: {
                "name": said(langs, _object(handler).get("name", code)),
                "settings": _fields(_object(handler).get("settings"), langs),
            }
            for code, handler in handlers.items()
            if code != "logo"  # a picture, and no handler
        }
    if title := _object(raw.get("advanced")).get("title"):
        shown["advanced_title"] = said(langs, title)
    return shown


def _fields(declared: Any, langs: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = []
    for code, field in _object(declared).items():
        given = _object(field)
        one = {
            "code": code,
            "name": said(langs, given.get("name", code)),
            "type": str(given.get("type", "text")),
            "is_required": given.get("required") is True,
        }
        if "default_value" in given:
            one["default_value"] = said(langs, given["default_value"])
        if "manual" in given:
            one["manual"] = bool(given["manual"])
        fields.append(one)
    return fields


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
