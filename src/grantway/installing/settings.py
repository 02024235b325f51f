"""The settings that a widget keeps in an account: their shapes by type of field (contract 2.4).

Pure: values in, values or violations out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from grantway.installing.model import missing
from grantway.kernel.errors import (
    Violation,
    field_missing,
    invalid_type,
    not_supported_choice,
    too_many,
)
from grantway.kernel.shapes import text_fault
from grantway.widgets.archives.model import SettingField

MAX_TEXT = 10_000  # characters of one value that people type
MAX_CUSTOM = 65_535  # characters of what a widget keeps as it likes
MAX_USERS = 5_000
MAX_SETTINGS = 256 * 1024  # bytes of all of them as they are stored
_LOGIN = ("login", "password")


def merged(
    fields: Sequence[SettingField],
    saved: Mapping[str, Any],
    sent: Mapping[str, Any],
    user_ids: Collection[int],
) -> tuple[dict[str, Any], list[Violation]]:
    """Return the settings after a save, and all that is wrong with it.

    What is not sent stays, null takes a value away, and what the manifest does
    not name is ignored, as forms carry more than that. An empty required field
    is a violation, whether it was sent or not; so is a value for somebody who is
    not among *user_ids*, as whoever sent it meant somebody else.
    """
    known = frozenset(map(str, user_ids))
    violations: list[Violation] = []
    settings = {one.code: saved[one.code] for one in fields if one.code in saved}
    for field in fields:
        if field.code not in sent:
            continue
        value = _read(field, sent[field.code], known, violations)
        if value in (None, "", {}):
            settings.pop(field.code, None)
        else:
            settings[field.code] = value
    wrong = {one.path.partition(".")[0] for one in violations}
    violations += [field_missing(code) for code in missing(fields, settings) if code not in wrong]
    if len(msgspec.json.encode(settings)) > MAX_SETTINGS:
        told = f"All settings together should have {MAX_SETTINGS} bytes or less."
        violations.append(Violation("TooLong", "", told))
    return settings, violations


def as_params(fields: Sequence[SettingField], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings as a widget reads them: users' values are JSON texts there."""
    return {one.code: _as_param(settings[one.code]) for one in fields if one.code in settings}


def _as_param(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value


def _read(
    field: SettingField, raw: Any, known: Collection[str], violations: list[Violation]
) -> Any:
    if raw is None:
        return None
    match field.type:
        case "users":
            return _by_user(field.code, raw, known, violations, _read_text)
        case "users_lp":
            return _by_user(field.code, raw, known, violations, _read_login)
        case "custom":
            return _read_custom(field.code, raw, violations)
        case _:
            return _read_text(field.code, raw, violations)


def _read_text(path: str, raw: Any, violations: list[Violation], longest: int = MAX_TEXT) -> Any:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)  # forms and clients send numbers where people type digits
    if not isinstance(raw, str):
        violations.append(invalid_type(path, "string"))
        return None
    fault = text_fault(raw, path, longest)
    if fault is not None:
        violations.append(fault)
        return None
    return raw


def _read_login(path: str, raw: Any, violations: list[Violation]) -> Any:
    if not isinstance(raw, dict):
        violations.append(invalid_type(path, "object"))
        return None
    read = {
        name: _read_text(f"{path}.{name}", raw[name], violations)
        for name in _LOGIN
        if raw.get(name)
    }
    return read or None


def _by_user(
    path: str, raw: Any, known: Collection[str], violations: list[Violation], read: Any
) -> Any:
    """Return values by user id; widgets send them as an object, or as its JSON text."""
    if isinstance(raw, str):
        raw = _decoded(raw) if raw.strip() else {}
    if raw == []:
        raw = {}  # PHP writes an empty object so
    if not isinstance(raw, dict) or not all(_is_id(one) for one in raw):
        violations.append(invalid_type(path, "object of values by user id"))
        return None
    if len(raw) > MAX_USERS:
        violations.append(too_many(path, MAX_USERS))
        return None
    given = {key: one for key, one in raw.items() if one}
    violations += [not_supported_choice(f"{path}.{key}") for key in given if key not in known]
    values = {key: read(f"{path}.{key}", one, violations) for key, one in given.items()}
    return {key: one for key, one in values.items() if one}


def _read_custom(path: str, raw: Any, violations: list[Violation]) -> Any:
    """Return JSON text or digits; any other string is not kept, as widgets know it."""
    if isinstance(raw, bool) or (isinstance(raw, float) and not math.isfinite(raw)):
        violations.append(invalid_type(path, "JSON"))
        return None
    text = raw if isinstance(raw, str) else msgspec.json.encode(raw).decode()
    fault = text_fault(text, path, MAX_CUSTOM)
    if fault is not None:
        violations.append(fault)
        return None
    return None if _decoded(text) is None else text


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _is_id(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 19
