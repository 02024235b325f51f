"""Code and pages from elsewhere (rules E1 to E3, E5, E6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from urllib.parse import urlsplit

from grantway.moderation.checks.archive_scripts import MACHINE, found
from grantway.moderation.checks.inside import MOST_MENTIONS, Inside, line_at
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.checks.sources.model import UNKNOWN, Assignment, Call, Script
from grantway.moderation.model import Content

_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_SCRIPT_OR_STYLE = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\b", re.IGNORECASE)
_MADE_UP = re.compile(r"(?:data|blob|javascript):", re.IGNORECASE)
_OUTSIDE = re.compile(rf"(?:{UNKNOWN})?(?:https?:)?//", re.IGNORECASE)
_OUTSIDE_CODE = re.compile(r"(?:https?:)?//[^/?#]*/[^?#]*\.js(?=[?#]|$)", re.IGNORECASE)
"""Also of what is no address for `urlsplit`, which browsers may read in their own way."""
_JQUERY = ("$", "jQuery", "window.$", "window.jQuery")
_WRITING = frozenset(
    {
        *("append", "prepend", "before", "after", "html", "replaceWith", "write", "writeln"),
        *("insertAdjacentHTML", "appendTo", "prependTo"),
    }
)
_ADDING = frozenset(
    {
        *("append", "prepend", "before", "after", "html", "appendChild", "insertBefore"),
        *("insertAdjacentElement", "insertAdjacentHTML", "replaceChildren"),
    }
)
_TO = frozenset({"appendTo", "prependTo", "insertBefore", "insertAfter"})
_LOADING = frozenset({"define", "require", "requirejs", "window.define", "window.require"})
_FREE = (
    *("code.jquery.com", "googleapis.com", "gstatic.com", "google.com", "googletagmanager.com"),
    *("ajax.aspnetcdn.com", "microsoft.com", "microsoftonline.com", "msauth.net", "live.net"),
    *("office.net", "msecnd.net"),
)
_PUBLIC = (
    *("cdnjs.cloudflare.com", "cdn.jsdelivr.net", "unpkg.com", "esm.sh", "cdn.skypack.dev"),
    *("stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com", "netdna.bootstrapcdn.com"),
)
_SINKS = frozenset(
    {
        *("eval", "Function", "globalEval", "getScript", "html", "append", "prepend", "after"),
        *("before", "insertAdjacentHTML", "write", "writeln", "import", "require", "define"),
        *("createContextualFragment", "setTimeout", "setInterval"),
    }
)
_TIMERS = frozenset({"setTimeout", "setInterval"})
_MUCH = 2_000  # characters that a variable is given
_MOST_LISTENERS = 20
_SWITCH = re.compile(r"switcher__o(?:n|ff)(?![\w-])")


def _tags(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        given: dict[str, str] = {}
        for one in script.assignments:
            told = ("<link" if text == "link" else text for text in one.told)
            given[one.name] = " ".join((given.get(one.name, ""), *told))[:_MUCH]
        for call in script.calls:
            if call.last in {"createElement", "createElementNS"} and _is_script(call):
                yield found(script.path, call.line, "A script tag is made by hand")
            elif _writes(call, _SCRIPT):
                yield found(script.path, call.line, f"{call.name} writes a script tag")
            elif (why := _into_head(call, given)) is not None:
                text, is_sure = why
                yield found(script.path, call.line, text, only_a_hint=not is_sure)


def _writes(call: Call, pattern: re.Pattern[str]) -> bool:
    values = [one.value for one in call.arguments if one.value]
    if call.name in _JQUERY or call.last in _WRITING:
        return any(map(pattern.search, values))
    return False


def _is_script(call: Call) -> bool:
    return any((one.value or "").lower() == "script" for one in call.arguments)


def _into_head(call: Call, assigned: Mapping[str, str]) -> tuple[str, bool] | None:
    """Say what a call puts into the head of the page, and whether that is sure to be wrong."""
    values = [one.value or "" for one in call.arguments]
    if call.last in _TO and any(_is_head(one.text, one.value) for one in call.arguments):
        given = " ".join(call.told)
    elif call.last in _ADDING and _receives_head(call):
        given = " ".join(values)
        given += " ".join(assigned.get(one.text, "") for one in call.arguments)
    else:
        return None
    if _SCRIPT_OR_STYLE.search(given):
        return f"{call.name} puts code or styles into the head of the page", True
    if _LINK.search(given):
        return None  # how style sheets of the archive are linked
    return f"{call.name} puts something into the head of the page", False


def _is_head(text: str, value: str | None) -> bool:
    return value == "head" or text in {"document.head", "$('head')", '$("head")'}


def _receives_head(call: Call) -> bool:
    return call.receiver.endswith("document.head") or "head" in call.told


def _other_ways(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        yield from _loads(script)
        for pair in script.pairs:
            if pair.key == "dataType" and pair.value.strip("\"'") == "script":
                yield found(script.path, pair.line, "dataType: script runs what a server answers")
        for one in script.assignments:
            if _is_outside_source(one):
                text = f"{one.name} loads {_shown(one.told[0])}; name it in define"
                yield found(script.path, one.line, text)
    for path, template in inside.templates():
        for tag in islice(_SCRIPT.finditer(template), MOST_MENTIONS):
            text = "A script tag in a template; name the code in define"
            yield found(path, line_at(template, tag.start()), text)


def _loads(script: Script) -> Iterator[Found]:
    for call in script.calls:
        if (why := _other_way(call)) is not None:
            text, is_sure = why
            yield found(script.path, call.line, text, only_a_hint=not is_sure)
        for uri in call.listed:
            if MACHINE.search(uri):
                text = f"{_shown(uri)} is the widget's own code, kept elsewhere"
                yield found(script.path, call.line, text)


def _shown(uri: str) -> str:
    return uri.replace(UNKNOWN, "…")[:80]


def _other_way(call: Call) -> tuple[str, bool] | None:
    """Say how a call loads code, and whether that code is sure to be from elsewhere."""
    is_loading = call.last == "getScript" or call.name in {"import", "importScripts"}
    if call.is_new and call.name in {"Worker", "SharedWorker", "window.Worker"}:
        is_loading = True
    value = (call.arguments[0].value or "") if call.arguments else ""
    if is_loading:
        where = _shown(value) or "something"
        return f"{call.name} loads {where}; name it in define", bool(
            _OUTSIDE.match(value) or _MADE_UP.match(value)
        )
    outside = [one for one in call.listed if _OUTSIDE.match(one)]
    if call.name in _LOADING and not call.name.endswith("define") and outside:
        return f"{call.name} loads {_shown(outside[0])} while it runs; name it in define", True
    return None


def _is_outside_source(one: Assignment) -> bool:
    return one.name.endswith(".src") and any(
        _OUTSIDE_CODE.match(uri.replace(UNKNOWN, "")) for uri in one.told
    )


def _hosts(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        for call in script.calls:
            if call.name not in _LOADING and call.last != "getScript":
                continue
            listed = call.listed or tuple(one.value or "" for one in call.arguments[:1])
            for uri in listed:
                if _OUTSIDE.match(uri) and (why := _why_not_from(uri)) is not None:
                    text, is_sure = why
                    yield found(script.path, call.line, text, only_a_hint=not is_sure)


def _why_not_from(uri: str) -> tuple[str, bool] | None:
    shown = _shown(uri)
    if uri.lower().startswith("http://"):
        return f"{shown} comes without encryption", True
    try:
        host = (urlsplit(uri.replace(UNKNOWN, "")).hostname or "").rstrip(".")
    except ValueError:
        host = ""
    if any(f".{host}".endswith(f".{one}") for one in _FREE):
        return None
    if host in _PUBLIC:
        return f"{shown}: a moderator sees which library that is", False
    return f"{shown} is no public library from a known network", True


def _messages(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        for call in islice(filter(_listens, script.calls), _MOST_LISTENERS):
            if sink := _sink(script, call):
                text = f"What a frame sends may reach {sink}, and run as code"
                yield found(script.path, call.line, text)
        for one in script.assignments:
            if one.name in {"window.onmessage", "onmessage"} and one.value.text != "null":
                yield found(script.path, one.line, "See what becomes of the messages of frames")


def _listens(call: Call) -> bool:
    if call.last not in {"addEventListener", "on", "bind", "one"} or len(call.arguments) < 2:
        return False
    return call.arguments[0].value == "message"


def _sink(script: Script, call: Call) -> str:
    """Return what in a handler of messages can run code; "" when nothing does."""
    handler = call.arguments[1]
    if "function" in handler.kind:
        outer = call.next_function
    else:
        name = handler.text.rpartition(".")[2]
        called = (at for at, one in enumerate(script.functions) if one.name == name)
        outer = next(called, 0)
    if not outer or outer >= len(script.functions):
        return "what handles it" if "function" not in handler.kind else ""
    for one in script.calls:
        runs = one.last in _SINKS and (one.last not in _TIMERS or _takes_a_text(one))
        if runs and script.is_within(one.function, outer):
            return f"{one.name} in line {one.line}"
    for written in script.assignments:
        is_page = written.name.endswith(("innerHTML", "outerHTML", "srcdoc"))
        if is_page and script.is_within(written.function, outer):
            return f"{written.name} in line {written.line}"
    return ""


def _takes_a_text(call: Call) -> bool:
    return bool(call.arguments) and "function" not in call.arguments[0].kind


def _switches(inside: Inside, _: Content) -> Iterator[Found]:
    for one in inside.mentions(_SWITCH):
        text = f"{one.text} is a switch of the platform's own; use the control switcher"
        yield found(one.path, one.line, text)


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.ERROR,
        "E1",
        "No script tag is made by hand, and nothing but the widget's style sheet is put into the "
        "head of the page.",
        _tags,
    ),
    of_archives(
        Severity.ERROR,
        "E2",
        "The widget's own code is in the archive; code from elsewhere is loaded only by naming it "
        "in define.",
        _other_ways,
    ),
    of_archives(
        Severity.ERROR,
        "E3",
        "Code from elsewhere is a public library from a known network, such as those of jQuery, "
        "Google and Microsoft, by https.",
        _hosts,
        human="Libraries from other networks are public, and are what they say.",
    ),
    of_archives(
        Severity.WARNING,
        "E5",
        "Frames may be shown; no code that a frame sends is run.",
        _messages,
        human="What frames send is never run as code.",
    ),
    of_archives(
        Severity.ERROR,
        "E6",
        "The classes switcher__on and switcher__off are not used.",
        _switches,
    ),
)
