"""What the code of an archive does to the page (rules B and G9; 5.4 row 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import Inside
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.checks.platform_parts import PLACES, is_platforms
from grantway.moderation.checks.sources.model import Call, Script
from grantway.moderation.model import Content

_BUTTON = re.compile(r"js-widget-(?:un)?install|install-widget__button|widget-(?:un)?inst")
_SAVE = re.compile(r"js-widget-save|modal-body__actions__save|js-modal-accept")
_ACTIVATING = frozenset({"click", "dispatchEvent", "submit", "requestSubmit", "fireEvent"})
_TRIGGERING = frozenset({"trigger", "triggerHandler", "simulate"})
_PRESSES = re.compile(
    r"^(?:click|submit|tap|mouse(?:down|up)|pointer(?:down|up)|touch(?:start|end)"
    r"|key(?:down|up|press))\b"
)
_ATTACHING = frozenset({"function_expression", "arrow_function"})
_PATHS = re.compile(
    r"/ajax/v\d+/(?:install-intents|refused-presses)|(?:^|/)(?:un)?install/[\w\ufffc-]"
    r"|/ajax/widgets/(?:edit|install|uninstall)|widgets/(?:un)?install\b"
)
_WIDGETS = re.compile(r"/api/v\d+/widgets\b")
_CHANGING = re.compile(r"\b(?:POST|DELETE|PUT|PATCH)\b", re.IGNORECASE)
_NATIVE = (
    *("EventTarget", "Event", "UIEvent", "MouseEvent", "PointerEvent", "KeyboardEvent"),
    *("XMLHttpRequest", "Element", "HTMLElement", "HTMLButtonElement", "HTMLFormElement"),
    *("HTMLInputElement", "Node", "Document", "Window", "Request", "Function", "Object"),
)
_PATCHED = re.compile(
    rf"(?:window\.|globalThis\.)?(?:(?:{'|'.join(_NATIVE)})\.prototype\."
    r"(?!widget|parcel)\w+$|(?:\$|jQuery)\.fn\.(?:on|off|one|trigger|click|bind|submit|val|html)$"
    r"|(?:\$|jQuery)\.(?:ajax|event\.\w+)$)"
)
_REPLACED = re.compile(
    r"(?:(?:window|globalThis|top|parent)\.)(?:fetch|XMLHttpRequest|Event|EventTarget|MouseEvent"
    r"|addEventListener|dispatchEvent|define|require|\$|jQuery)$|^(?:fetch|XMLHttpRequest)$"
)
_PROTOTYPE = re.compile(rf"(?:window\.)?(?:{'|'.join(_NATIVE)})(?:\.prototype)?$")
_REMOVING = frozenset(
    {"remove", "hide", "empty", "detach", "replaceWith", "fadeOut", "slideUp", "replaceChildren"}
)
_ROOTED = re.compile(r"(?:(?:\$|jQuery)\(\)|document\.querySelector(?:All)?\(\))\.")
"""A path that begins with a selector, and not with something that a widget holds already."""
_JQUERY = ("$", "jQuery")
_RATING = re.compile(r"widget-rating|[.#](?:[\w-]*[-_])?reviews(?![a-z])")


def _presses(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        yield from _virtual_presses(script)
        yield from _calls_behind(script)
        yield from _patches(script)


def _virtual_presses(script: Script) -> Iterator[Found]:
    """Find activations of what was found by the names of the buttons.

    A handler on the button is honest: the recipe for a consent of one's own has
    one. A press of Save is allowed.
    """
    buttons = {one.name for one in script.assignments if any(map(_BUTTON.search, one.told))}
    saves = {one.name for one in script.assignments if any(map(_SAVE.search, one.told))}
    near = {one.function for one in script.texts if _BUTTON.search(one.text)}
    for call in script.calls:
        if not _activates(call):
            continue
        told = " ".join(call.told)
        root = call.receiver.removesuffix("()")
        held = {root, root.partition(".")[0], *call.given}
        if _BUTTON.search(told) or held & buttons:
            text = f"{call.name} presses a button to install or uninstall"
            yield found(script.path, call.line, text)
        elif _is_near(script, call.function, near) and not (_SAVE.search(told) or held & saves):
            text = f"{call.name} stands beside a button to install or uninstall; see what it does"
            yield found(script.path, call.line, text)


def _is_near(script: Script, function: int, near: set[int]) -> bool:
    """Tell whether a function, or one of the two around it, is among those *near*."""
    for _ in range(3):
        if function in near:
            return True
        if not function:
            break
        function = script.functions[function].around
    return False


def _activates(call: Call) -> bool:
    first = call.arguments[0] if call.arguments else None
    if call.last in _TRIGGERING:
        return first is None or first.value is None or bool(_PRESSES.match(first.value))
    if call.last not in _ACTIVATING or not call.receiver:
        return False
    is_handler = any(
        one.kind in _ATTACHING or one.kind in {"identifier", "member_expression"}
        for one in call.arguments
    )
    return call.last == "dispatchEvent" or not is_handler


def _calls_behind(script: Script) -> Iterator[Found]:
    changing = {one.line for one in script.pairs if _CHANGING.search(one.value)}
    for one in script.texts:
        if path := _PATHS.search(one.text):
            text = f"{path[0].replace(chr(0xFFFC), '…')} leads to installing, which users do"
            yield found(script.path, one.line, text)
    for call in script.calls:
        given = " ".join(one.value or one.text for one in call.arguments)
        if _WIDGETS.search(given) and (
            _CHANGING.search(given)
            or call.last in {"post", "delete", "put", "patch"}
            or changing & {call.line, call.line + 1, call.line + 2}
        ):
            text = f"{call.name} may install or uninstall by the API"
            yield found(script.path, call.line, text)


def _patches(script: Script) -> Iterator[Found]:
    for one in script.assignments:
        is_replaced = _REPLACED.search(one.name) and not one.is_declared
        if _PATCHED.match(one.name) or is_replaced:
            yield found(script.path, one.line, f"{one.name} is replaced for the whole page")
    for call in script.calls:
        first = call.arguments[0].text if call.arguments else ""
        if call.last in {"defineProperty", "defineProperties", "assign"} and (
            _PROTOTYPE.match(first)
        ):
            yield found(script.path, call.line, f"{call.name} changes {first} for the whole page")
    for pair in script.pairs:
        if pair.key == "isTrusted" and pair.value in {"true", "!0"}:
            yield found(script.path, pair.line, "isTrusted is made up")


def _unlisted_places(inside: Inside, _: Content) -> Iterator[Found]:
    for script in inside.scripts:
        for call in script.calls:
            if (
                call.last in _REMOVING
                and _ROOTED.match(call.name)
                and call.told
                and is_platforms(call.told[0])
            ):
                text = f"{call.name} takes {call.told[0][:40]} of the platform away"
                yield found(script.path, call.line, text)
            elif call.name in _JQUERY or call.last in {"querySelector", "querySelectorAll"}:
                told = call.arguments[0].value if call.arguments else None
                if told and (place := PLACES.search(told)):
                    text = f"{place[0]} belongs to the left menu, which only the manifest changes"
                    yield found(script.path, call.line, text)
    for style in inside.styles:
        for rule in style.rules:
            for selector in rule.selectors:
                if place := PLACES.search(selector.text):
                    text = f"{place[0]} belongs to the left menu, which only the manifest changes"
                    yield found(style.path, selector.line, text)


def _rating(inside: Inside, _: Content) -> Iterator[Found]:
    for one in inside.mentions(_RATING):
        text = f"{one.text} belongs to the rating and the reviews, which stay as they are"
        yield found(one.path, one.line, text)


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.WARNING,
        "G9",
        "The widget neither hides nor changes ratings and reviews.",
        _rating,
        human="Ratings and reviews look as they do without the widget.",
    ),
    of_archives(
        Severity.WARNING,
        "B1",
        "Only users install and uninstall: no code presses those buttons, calls what stands "
        "behind them, or replaces what the page relies on. Handlers on them are allowed, and "
        "pressing Save is.",
        _presses,
        human="Without a user's own press nothing is installed or uninstalled; try it.",
    ),
    of_archives(
        Severity.HUMAN,
        "B2",
        "The widget can be disabled at any time.",
        human="Disable it while it works: it goes, and leaves nothing behind.",
    ),
    of_archives(
        Severity.WARNING,
        "B3",
        "The widget changes only the parts of the page that are described; the left menu only by "
        "the manifest.",
        _unlisted_places,
        human="Nothing of the page is changed that the description does not offer.",
    ),
    of_archives(
        Severity.HUMAN,
        "B6",
        "Places to drop files are neither in the left menu nor in the top right corner.",
        human="Places to drop files are neither in the left menu nor in the top right corner.",
    ),
    of_archives(
        Severity.HUMAN,
        "B7",
        "The button Save stands at the bottom of the settings.",
        human="The button Save stands at the bottom of the settings.",
    ),
    of_archives(
        Severity.HUMAN,
        "B8",
        "Nothing is added to the window in which triggers are chosen.",
        human="The window in which triggers are chosen looks as it does without the widget.",
    ),
)
