"""What a manifest must say before anything of a widget can run (contract: 2.2 to 2.4, 2.8).

Other programs wrote most of the manifests that come, so what is harmless is
tolerated: keys that nobody knows, numbers for versions, an empty list where an
empty object belongs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from grantway.kernel.remembering import Remembered
from grantway.widgets.archives.documents import Document, read_document
from grantway.widgets.archives.model import ArchiveFault, Manifest, SettingField

MANIFEST = "manifest.json"
SCRIPT = "script.js"
MOST_BYTES = 64 * 1024  # those in use have 7 KiB at most; a page of the API reads 250

AREAS = frozenset({
    *("lcard", "ccard", "comcard", "cucard", "llist", "clist", "culist", "tlist"),
    *("tline", "tcalendar", "settings", "advanced_settings", "card_sdk", "catalogs"),
    *("digital_pipeline", "lead_sources", "widget_page", "salesbot_designer", "sms"),
    *("mobile_card", "website_chat_button", "ai_agent", "everywhere"),
    *("whatsapp_modal", "personal_page", "amoforms"),
})  # fmt: skip
"""Where a widget may run (contract: 2.3)."""
WITHOUT_SCRIPT = frozenset({"sms", "mobile_card", "website_chat_button", "ai_agent"})
"""Areas that run nothing in a browser of the workspace."""
MOST_STEPS = 20
"""Steps of a bot that a widget brings: each has a form of its own."""
FIELD_TYPES = ("text", "pass", "users", "users_lp", "custom")

_remembered = Remembered[str, Manifest](32 * 2**20)
_INTERFACE_VERSION = 2
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_MOST_LANGUAGES, _MOST_FIELDS, _MOST_TEXT = 50, 200, 2000
_MOST_CODE = 100
_MOST_FAULTS = 50
_OBJECT, _TEXT = "an object", f"a text of at most {_MOST_TEXT:,} characters"


def read_manifest(raw: bytes) -> tuple[Manifest, list[ArchiveFault], list[ArchiveFault]]:
    """Return what a manifest says, what stands against loading it, and what was noticed besides."""
    document = read_document(MANIFEST, raw, MOST_BYTES)
    if isinstance(document, ArchiveFault):
        return Manifest(raw={}), [document], []
    reading = _Reading(document)
    manifest = reading.manifest()
    return manifest, reading.faults, reading.warnings


def stored_manifest(text: str) -> Manifest:
    """Return what a manifest says that was read before, as it is stored.

    Every page that hosts widgets asks for theirs, so those in use are remembered.
    """
    manifest = _remembered.find(text)
    if manifest is None:
        manifest = _Reading(Document(MANIFEST, json.loads(text), "{}")).manifest()
        _remembered.keep(text, manifest, len(text))
    return manifest


def steps_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes of the steps that a widget brings for bots; a logo stands among them."""
    steps = raw.get("salesbot_designer")
    return tuple(code for code in steps if code != "logo") if isinstance(steps, dict) else ()


class _Reading:
    """Reads one manifest, and notes all that is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[ArchiveFault] = []
        self.warnings: list[ArchiveFault] = []

    def manifest(self) -> Manifest:
        raw = self.document.value
        widget = self._object(raw, "widget", is_needed=True)
        version = widget.get("interface_version")
        if version not in (_INTERFACE_VERSION, str(_INTERFACE_VERSION)):
            self._refuse("MANIFEST", f"2 expected{_got(version)}", "widget", "interface_version")
        installation = self._truth(widget, "installation", otherwise=True)
        support = self._object(widget, "support", above=("widget",))
        locations = self._locations()
        if len(steps_of(raw)) > MOST_STEPS:
            what = f"at most {MOST_STEPS} steps expected, got {len(steps_of(raw)):,}"
            self._refuse("MANIFEST", what, "salesbot_designer")
        settings = self._settings()
        if settings and not installation:
            self._warn("SETTINGS", "ignored, as `widget.installation` is false", "settings")
            settings = ()
        areas = {one.rpartition("-")[0] for one in locations}
        if any(field.type == "custom" for field in settings) and "settings" not in areas:
            self._warn("SETTINGS", "a field of type custom needs the location settings", "settings")
        return Manifest(
            raw=raw,
            name=self._text(widget, "name"),
            description=self._text(widget, "description"),
            short_description=self._text(widget, "short_description"),
            version=self._text(widget, "version"),
            init_once=self._truth(widget, "init_once", otherwise=False),
            locale=self._locale(widget),
            locations=locations,
            installation=installation,
            is_showcase=self._truth(widget, "is_showcase", otherwise=False),
            settings=settings,
            support_link=self._text(support, "link", above=("widget", "support")),
            support_email=self._text(support, "email", above=("widget", "support")),
        )

    def _locale(self, widget: Mapping[str, Any]) -> tuple[str, ...]:
        found = widget.get("locale")
        if not isinstance(found, list) or not 0 < len(found) <= _MOST_LANGUAGES:
            self._refuse(
                "MANIFEST", f"a list of languages expected{_got(found)}", "widget", "locale"
            )
            return ()
        for n, one in enumerate(found):
            if not isinstance(one, str) or not _LANGUAGE.fullmatch(one):
                what = f"the code of a language expected{_got(one)}"
                self._refuse("MANIFEST", what, "widget", "locale", n)
                return ()
        return tuple(dict.fromkeys(found))

    def _locations(self) -> tuple[str, ...]:
        found = self.document.value.get("locations")
        if not isinstance(found, list):
            self._refuse("LOCATIONS", f"a list of areas expected{_got(found)}", "locations")
            return ()
        suffixes: dict[str, str] = {}
        for n, one in enumerate(found):
            area, dash, suffix = (
                one.strip().partition("-") if isinstance(one, str) else ("", "", "")
            )
            if area not in AREAS or (dash and suffix not in {"0", "1"}):
                what = f"an area expected, alone or with -0 or -1{_got(one)}"
                self._refuse("LOCATIONS", what, "locations", n)
            elif area == "everywhere" and dash:
                self._refuse("LOCATIONS", "everywhere takes no suffix", "locations", n)
            else:
                suffix = "0" if area == "everywhere" else suffix or "1"
                if suffixes.setdefault(area, suffix) != suffix:
                    self._refuse(
                        "LOCATIONS", f"{area}-0 and {area}-1 exclude each other", "locations", n
                    )
        return tuple(f"{area}-{suffix}" for area, suffix in suffixes.items())

    def _settings(self) -> tuple[SettingField, ...]:
        fields = self._object(self.document.value, "settings", code="SETTINGS")
        if len(fields) > _MOST_FIELDS:
            self._refuse("SETTINGS", f"at most {_MOST_FIELDS} fields expected", "settings")
            return ()
        found = [
            field
            for code, said in fields.items()
            # People comment on fields with texts among them.
            if not (code.startswith("_") and isinstance(said, str))
            and (field := self._field(code, said)) is not None
        ]
        custom = [field.code for field in found if field.type == "custom"]
        for code in custom[1:]:
            self._refuse("SETTINGS", "a second field of type custom", "settings", code)
        return tuple(found)

    def _field(self, code: str, said: object) -> SettingField | None:
        if not isinstance(said, dict):
            self._refuse("SETTINGS", f"{_OBJECT} expected{_got(said)}", "settings", code)
            return None
        if not 0 < len(code) <= _MOST_CODE or not code.isprintable():
            what = f"the code of a field has 1 to {_MOST_CODE} printable characters"
            self._refuse("SETTINGS", what, "settings", code)
            return None
        kind = said.get("type")
        if kind not in FIELD_TYPES:
            what = f"one of {', '.join(FIELD_TYPES)} expected{_got(kind)}"
            self._refuse("SETTINGS", what, "settings", code, "type")
            return None
        above = ("settings", code)
        return SettingField(
            code=code,
            name=self._text(said, "name", above=above),
            type=str(kind),
            is_required=self._truth(said, "required", otherwise=False, above=above),
        )

    def _object(
        self,
        holder: Mapping[str, Any],
        key: str,
        *,
        above: tuple[str, ...] = (),
        is_needed: bool = False,
        code: str = "MANIFEST",
    ) -> dict[str, Any]:
        found = holder.get(key)
        if isinstance(found, dict):
            return found
        if is_needed or found not in (None, []):
            self._refuse(code, f"{_OBJECT} expected{_got(found)}", *above, key)
        return {}

    def _text(
        self, holder: Mapping[str, Any], key: str, *, above: tuple[str, ...] = ("widget",)
    ) -> str:
        found = holder.get(key)
        if found is None:
            return ""
        text = found if isinstance(found, str) else str(found)
        if isinstance(found, (bool, dict, list)) or len(text) > _MOST_TEXT:
            self._refuse("MANIFEST", f"{_TEXT} expected{_got(found)}", *above, key)
            return ""
        return text

    def _truth(
        self,
        holder: Mapping[str, Any],
        key: str,
        *,
        otherwise: bool,
        above: tuple[str, ...] = ("widget",),
    ) -> bool:
        found = holder.get(key, otherwise)
        if found in (True, "Y", "1", "true"):
            return True
        if found not in (False, "N", "0", "false", "", None):
            self._refuse("MANIFEST", f"true or false expected{_got(found)}", *above, key)
        return False

    def _refuse(self, code: str, detail: str, *keys: str | int) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(self._fault(code, detail, keys))

    def _warn(self, code: str, detail: str, *keys: str | int) -> None:
        self.warnings.append(self._fault(code, detail, keys))

    def _fault(self, code: str, detail: str, keys: tuple[str | int, ...]) -> ArchiveFault:
        said = ".".join(str(key) for key in keys)
        line = self.document.line_of(keys)
        return ArchiveFault(code, self.document.path, f"{_cut(said)}: {detail}", line)


def _got(value: object) -> str:
    """Say what came in place of what was expected; nothing for what is absent."""
    if value is None:
        return ", and it is missing"
    if isinstance(value, dict | list):
        return f", got {_OBJECT}" if isinstance(value, dict) else ", got a list"
    return f", got {_cut(str(value))!r}" if isinstance(value, str) else f", got {_cut(str(value))}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
