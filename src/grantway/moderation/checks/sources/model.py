"""What rules may know of a script and of a style sheet, whoever parsed them."""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

UNKNOWN = "\ufffc"
"""Stands in a text for what only running the code would tell."""
_DEEP = 50
SHOWN = 60
"""So many characters of code are kept to be shown."""


class Marks(enum.IntFlag):
    """What surrounds a piece of code."""

    NONE = 0
    LOOP = 1
    """It runs once for each of many things."""
    REFUSED = 2
    """It runs when something went wrong: in a `catch`, or in what handles a rejection."""


class Argument(NamedTuple):
    """What a call is given. *text* is what the code says, a constant's *value* also when joined."""

    kind: str
    text: str
    value: str | None = None


class Call(NamedTuple):
    """A call. *name* is a path such as `$().find().click`.

    *told* are constants along that path, and *given* names of variables.
    *arguments* are cut off after a few; *listed* are the modules that a `define` names.
    *function* numbers the one that it stands in, and *next_function* the first one
    that it is given.
    """

    name: str
    line: int
    marks: Marks
    function: int
    arguments: tuple[Argument, ...]
    told: tuple[str, ...] = ()
    is_new: bool = False
    listed: tuple[str, ...] = ()
    next_function: int = 0
    given: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        """What is called in the end: `click` of `$().find().click`."""
        return self.name.rpartition(".")[2]

    @property
    def receiver(self) -> str:
        """On what it is called: `$().find()` of `$().find().click`."""
        return self.name.rpartition(".")[0]


class Assignment(NamedTuple):
    """Something is given a value. *told* are constants in what it is given."""

    name: str
    line: int
    function: int
    value: Argument
    told: tuple[str, ...] = ()
    is_declared: bool = False


class Line(NamedTuple):
    """A text, and where it stands."""

    text: str
    line: int
    function: int = 0


class Function(NamedTuple):
    """A function: what it is called, and the number of the one around it."""

    name: str
    around: int


class Pair(NamedTuple):
    """A member of an object literal, or a method."""

    key: str
    value: str
    line: int


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A file, taken apart. *members* are paths that begin with what the platform offers.

    *names* are identifiers that stand by themselves and are worth a look.
    *keys* are all names of members that the code writes. *dead* is code in comments.
    The first of *functions* is the file itself. *is_unread*: it is too large or
    too broken, and nothing is known of it.
    """

    path: str
    calls: tuple[Call, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    texts: tuple[Line, ...] = ()
    dead: tuple[Line, ...] = ()
    members: tuple[Line, ...] = ()
    names: tuple[Line, ...] = ()
    pairs: tuple[Pair, ...] = ()
    declared: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    functions: tuple[Function, ...] = ()
    debuggers: tuple[int, ...] = ()
    broken: tuple[Line, ...] = ()
    is_module: bool = False
    is_unread: bool = False

    def is_within(self, function: int, outer: int) -> bool:
        """Tell whether a function is *outer*, or stands in it, not too deep."""
        for _ in range(_DEEP):
            if function <= outer:  # those around others have the lower numbers
                break
            function = self.functions[function].around
        return function == outer


class Selector(NamedTuple):
    """What a rule of styles is for. *parts* are the simple ones of each of its compounds.

    `.parcel > a:hover` has the parts `(".parcel",)` and `("a", ":hover")`.
    """

    text: str
    line: int
    parts: tuple[tuple[str, ...], ...]


class Declaration(NamedTuple):
    name: str
    value: str
    line: int


class StyleRule(NamedTuple):
    """Selectors and what they are given."""

    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """A style sheet, taken apart. *imports* are addresses of others. *dead* as in scripts."""

    path: str
    rules: tuple[StyleRule, ...] = ()
    imports: tuple[Line, ...] = ()
    dead: tuple[Line, ...] = ()
    broken: tuple[Line, ...] = ()
    is_unread: bool = False
