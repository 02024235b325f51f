"""How the code of an archive is written (rules A7 to A14)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grantway.moderation.checks.inside import Inside, line_at
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.checks.sources.model import Call, Line, Marks, Script
from grantway.moderation.model import Content

_GLOBALS = ("", "window.", "globalThis.", "self.", "top.", "parent.", "this.")
_SURE_GLOBALS = ("", "window.", "globalThis.", "top.", "parent.")
_DIALOGS = ("alert", "confirm")
_TIMERS = ("setTimeout", "setInterval", "setImmediate")
_HARMLESS = ("return this", "return this;")
"""What bundlers ask of `new Function` in order to find the global object."""
_ASSIGNABLE = frozenset(
    {"location", "name", "status", "window", "document", "define", "require", "exports", "module"}
)
MACHINE = re.compile(
    r"\b(?:https?|wss?)://(?:localhost|127\.\d|0\.0\.0\.0|[\w-]{1,63}\.(?:local|test)\b"
    r"|[\w-]{1,63}\.ngrok(?:-free)?\.)",
    re.IGNORECASE,
)
_ADDRESS_OF_CODE = re.compile(r"\s*javascript:\s*(?!void\b|;|//|$|\s)", re.IGNORECASE)
_FILLER = re.compile(r"\blorem ipsum\b|\basdf|\bqwerty", re.IGNORECASE)
_APP = re.compile(r"(?:window\.)?(?:APP|AMOCRM)(?:\.|$)")
_OFFERED = frozenset(
    {
        *("constant", "lang_id", "getBaseEntity", "isCard", "getWidgetsArea", "getV3WidgetsArea"),
        *("data", "cf_types", "element_types", "note_types", "system", "widgets", "sdk"),
        *("notifications", "addNotificationCallback", "router"),
    }
)
_OFFERED_DATA = frozenset({"current_card", "current_entity", "current_view", "current_list"})
_EXTENDING = frozenset(
    {
        *("Object.assign", "Object.defineProperty", "Object.defineProperties"),
        *("$.extend", "jQuery.extend", "_.extend", "_.assign"),
    }
)
_JQUERY = ("$", "jQuery", "window.$", "window.jQuery", "axios")
_SENDING = frozenset({"ajax", "get", "post", "getJSON", "put", "delete", "patch", "request"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_FALSE = frozenset({"false", "!1", "0", "'false'", '"false"'})


def found(path: str, line: int, text: str, *, only_a_hint: bool = False) -> Found:
    """Return a finding at a line of the archive."""
    return Found(text=text, file=path, line=line, only_a_hint=only_a_hint)


def _dead_code(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        if script.path not in inside.packed:
            for one in script.dead:
                yield found(script.path, one.line, f"Code in a comment: {one.text}")


def _leftovers(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        for call in script.calls:
            name = _global(call.name)
            if name in _DIALOGS and name not in script.declared:
                yield found(script.path, call.line, f"{name}() stops the whole page; use a modal")
        for stop in script.debuggers:
            yield found(script.path, stop, "debugger is left over from trying it out")
        for text in script.texts:
            if address := MACHINE.search(text.text):
                why = f"{address[0]} is somebody's own machine"
                yield found(script.path, text.line, why, only_a_hint=True)
    for path in sorted(inside.files):
        if path.startswith("i18n/") and inside.is_text(path):
            said = inside.text(path)
            if filler := _FILLER.search(said):
                line = line_at(said, filler.start())
                yield found(path, line, f"{filler[0]!r} is no text for users", only_a_hint=True)


def _global(name: str) -> str:
    """Return the name of what every page has, however it is reached."""
    before, _, last = name.rpartition(".")
    return last if f"{before}." in _SURE_GLOBALS or not before else name


def _evaluation(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        yield from _evaluated(script)


def _evaluated(script: Script) -> Iterator[Found]:
    lines: set[int] = set()
    for one in script.names:
        if one.text in {"eval", "execScript"} and one.text not in script.declared:
            lines.add(one.line)
            yield found(script.path, one.line, f"{one.text} runs a text as code")
    for call in script.calls:
        if call.line not in lines and (why := _why_evaluating(call)):
            yield found(script.path, call.line, why, only_a_hint=_may_be_honest(call))
    for assignment in script.assignments:
        if assignment.value.text == "Function" and "Function" not in script.declared:
            why = "Function under another name may run a text as code"
            yield found(script.path, assignment.line, why, only_a_hint=True)
    for text in script.texts:
        if _ADDRESS_OF_CODE.match(text.text):
            yield found(script.path, text.line, "javascript: runs a text as code")
        elif text.text in {"eval", "execScript"} and text.line not in lines:
            why = f"The word {text.text} as a text may be a way to it"
            yield found(script.path, text.line, why, only_a_hint=True)


def _may_be_honest(call: Call) -> bool:
    """Tell whether it is what bundlers write, or a method that is only called so."""
    if call.last == "eval" and call.receiver:
        return not all(f"{one}." in _GLOBALS for one in call.receiver.split("."))
    return len(call.arguments) == 1 and call.arguments[0].value in _HARMLESS


def _why_evaluating(call: Call) -> str:
    name = _global(call.name)
    first = call.arguments[0].value if call.arguments else None
    if call.last in {"globalEval", "eval"}:
        return f"{call.name} runs a text as code"
    if name == "Function" and call.arguments:
        return "Function makes code of a text"
    if call.last == "constructor" and first is not None:
        return "A constructor that is given a text makes code of it"
    if name in _TIMERS and first is not None:
        return f"{name} is given a text to run; give it a function"
    return ""


def _console(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        if "console" in script.declared:
            continue
        for one in script.members:
            method = _method_of_console(one.text)
            if method and method != "trace":
                text = f"console.{method} is no part of a finished widget"
                yield found(script.path, one.line, text, only_a_hint=method == "debug")
        for call in script.calls:
            if _method_of_console(call.name) == "trace" and not call.marks & Marks.REFUSED:
                text = "console.trace belongs into a catch or a handler of errors"
                yield found(script.path, call.line, text)


def _method_of_console(name: str) -> str:
    parts = name.removeprefix("window.").split(".")
    return parts[1].removesuffix("()") if parts[0] == "console" and len(parts) > 1 else ""


def _unsound(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        # The parser stumbles over a few rare forms that only bundlers write.
        is_written_by_hand = not script.is_module and script.path not in inside.packed
        for one in script.broken:
            text = f"This is no JavaScript: {one.text}"
            yield found(script.path, one.line, text, only_a_hint=not is_written_by_hand)
        if not script.broken:
            yield from _undeclared(script)


def _undeclared(script: Script) -> Iterator[Found]:
    known = set(script.declared | _ASSIGNABLE)
    for one in script.assignments:
        if one.name not in known and one.name.isidentifier() and not one.name.startswith("on"):
            known.add(one.name)
            text = f"{one.name} is declared nowhere, so the whole page shares it"
            yield found(script.path, one.line, text)


def _changed_app(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        if not {"APP", "AMOCRM"} & script.declared:
            yield from _changes(script)
            yield from _unlisted(script)


def _changes(script: Script) -> Iterator[Found]:
    for one in script.assignments:
        if _APP.match(one.name):
            yield found(script.path, one.line, f"{one.name} is changed; it may only be read")
    for call in script.calls:
        first = call.arguments[0].text if call.arguments else ""
        if call.name in _EXTENDING and _APP.match(first):
            yield found(script.path, call.line, f"{call.name} changes {first}")
        elif _APP.match(call.name) and call.last == "constant" and len(call.arguments) > 1:
            yield found(script.path, call.line, f"{call.name} with two arguments sets a value")
        elif _APP.match(call.name) and call.last == "set":
            text = f"{call.name} may change what belongs to the page"
            yield found(script.path, call.line, text, only_a_hint=True)


def _unlisted(script: Script) -> Iterator[Found]:
    for one in script.members:
        parts = one.text.removeprefix("window.").replace("()", "").split(".")
        if parts[0] not in {"APP", "AMOCRM"} or len(parts) < 2:
            continue
        is_listed = parts[1] in _OFFERED and (
            parts[1] != "data" or len(parts) == 2 or parts[2] in _OFFERED_DATA
        )
        if not is_listed:
            name = ".".join(parts[:3])
            text = f"{name} is not described, and may be gone tomorrow"
            yield found(script.path, one.line, text, only_a_hint=True)


def _waiting(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        lines = [
            Line("async: false", one.line)
            for one in script.pairs
            if one.key == "async" and one.value in _FALSE
        ]
        lines += [Line("open(…, false)", one.line) for one in script.calls if _opens_waiting(one)]
        for one in lines:
            text = f"{one.text} stops the page until the answer comes"
            yield found(script.path, one.line, text)


def _opens_waiting(call: Call) -> bool:
    if call.last != "open" or len(call.arguments) < 3:
        return False
    method = call.arguments[0].value or ""
    return method.upper() in _METHODS and call.arguments[2].text in _FALSE


def _calls_in_loops(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        for call in script.calls:
            if call.marks & Marks.LOOP and _sends(call):
                text = f"{call.name} in a loop: ask once for all, or one after another"
                yield found(script.path, call.line, text)


def _sends(call: Call) -> bool:
    if call.last in {"crm_post", "$authorizedAjax"}:
        return True
    if _global(call.name) in {"fetch", "axios"}:
        return True
    return call.receiver in _JQUERY and call.last in _SENDING


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.WARNING,
        "A7",
        "Comments explain; code that is not used is not kept in them.",
        _dead_code,
        human="Comments explain the code, and none of them is code.",
    ),
    of_archives(
        Severity.ERROR,
        "A8",
        "Nothing is left over from making it: no alert, confirm or debugger, no addresses of "
        "your own machine, no made-up data.",
        _leftovers,
        human="There is no test data in it.",
    ),
    of_archives(
        Severity.ERROR,
        "A9",
        "No text is run as code: no eval, no new Function, no text for a timer.",
        _evaluation,
    ),
    of_archives(
        Severity.ERROR,
        "A10",
        "Of console only trace is used, in a catch or in what handles errors.",
        _console,
    ),
    of_archives(
        Severity.ERROR,
        "A11",
        "Scripts are JavaScript that browsers read, and variables are declared.",
        _unsound,
    ),
    of_archives(
        Severity.ERROR,
        "A12",
        "APP (also called AMOCRM) is only read, and only what is described of it.",
        _changed_app,
    ),
    of_archives(
        Severity.ERROR,
        "A13",
        "No request makes the page wait: no async: false.",
        _waiting,
    ),
    of_archives(
        Severity.WARNING,
        "A14",
        "Requests, crm_post and $authorizedAjax stand in no loop.",
        _calls_in_loops,
        human="Nothing asks the platform or a server once for each of many things.",
    ),
)
