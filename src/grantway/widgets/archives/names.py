"""Names of files in an archive: which are safe, and which mean one file (S-128, S-133)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Drawn like `/` or `\`, though no normal form of Unicode makes them that: strokes of fractions,
# of division and of set minus, and the big, rising, falling and boxed ones.
_LOOK_ALIKE = frozenset(
    "\N{FRACTION SLASH}\N{DIVISION SLASH}\N{SET MINUS}\N{BIG SOLIDUS}\N{BIG REVERSE SOLIDUS}"
    "\N{REVERSE SOLIDUS OPERATOR}\N{MATHEMATICAL RISING DIAGONAL}"
    "\N{MATHEMATICAL FALLING DIAGONAL}\N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"
    "\N{BOX DRAWINGS LIGHT DIAGONAL UPPER LEFT TO LOWER RIGHT}"
)
# Control, format (text that runs backwards, no width), surrogate, private, unassigned, line ends.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SEPARATING = frozenset("/\\:")
_MAX_SHOWN = 120


def problem_of(name: str, most: int) -> str:
    r"""Say why a file or folder may not be called *name*; empty when it may.

    >>> problem_of("images/logo.png", 200), problem_of("templates/", 200)
    ('', '')
    >>> problem_of("../script.js", 200)
    'a part of its path is `.` or `..`'
    """
    path = name.removesuffix("/")
    if not path:
        return "it has no name"
    if len(path) > most:
        return f"its path is longer than {most} characters"
    return _character_problem(path) or _part_problem(path)


def _character_problem(path: str) -> str:
    if any(unicodedata.category(character) in _HIDDEN for character in path):
        return "its name contains characters that cannot be seen"
    if "\\" in path:
        return "its name contains a backslash; `/` stands between folders"
    if ":" in path:
        return "its name contains a colon"
    if _separators(_plain(path)) != _separators(path) or not _LOOK_ALIKE.isdisjoint(path):
        return "its name contains a character that looks like a separator"
    return ""


def _part_problem(path: str) -> str:
    parts = path.split("/")
    if not parts[0]:
        return "its path does not begin at the archive's root"
    if not all(parts):
        return "its path contains an empty part"
    if {".", ".."}.intersection([*parts, *_plain(path).split("/")]):
        return "a part of its path is `.` or `..`"
    if any(part != part.strip() or part.endswith(".") for part in parts):
        return "a part of its path begins or ends with a space, or ends with a dot"
    return ""


def same_file(name: str) -> str:
    """Return what is equal for names that are one file on some system.

    >>> same_file("Images/Logo.png") == same_file("images/logo.PNG")
    True
    >>> same_file("caf\u00e9.js") == same_file("cafe\u0301.js")
    True
    """
    folded = unicodedata.normalize("NFKC", name.removesuffix("/")).casefold()
    return unicodedata.normalize("NFKC", folded)


def repeated(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return each name that is one file with an earlier one, with that one.

    A file that is a folder at the same time is one as well. For names that
    `problem_of` finds nothing wrong with: others may be very long.

    >>> repeated(["a.js", "b/c.js", "A.js", "b"])
    [('A.js', 'a.js'), ('b', 'b/c.js')]
    """
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    found = []
    for name in names:
        key = same_file(name)
        parts = key.split("/")
        above = ["/".join(parts[:n]) for n in range(1, len(parts))]
        is_folder = name.endswith("/")
        files_above = [seen[one] for one in above if one in seen and not seen[one].endswith("/")]
        earlier = seen.get(key) or (None if is_folder else folders.get(key))
        if earlier is None and files_above:
            earlier = files_above[0]
        if earlier is not None:
            found.append((name, earlier))
        seen.setdefault(key, name)
        for one in above:
            folders.setdefault(one, name)
    return found


def is_dropped(name: str) -> bool:
    """Tell whether a file is what systems and editors leave behind, and nobody needs.

    >>> is_dropped("__MACOSX/._script.js"), is_dropped(".git/config"), is_dropped("a/.DS_Store")
    (True, True, True)
    >>> is_dropped("README.md")
    False
    """
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)


def shown(name: str) -> str:
    r"""Return *name* so that it can be printed anywhere.

    >>> shown("a\x1b[2J.js")
    'a\\x1b[2J.js'
    """
    printed = "".join(
        character.encode("ascii", "backslashreplace").decode()
        if unicodedata.category(character) in _HIDDEN - {"Cc"}
        else f"\\x{ord(character):02x}"
        if unicodedata.category(character) == "Cc"
        else character
        for character in name[: _MAX_SHOWN + 1]
    )
    return printed if len(name) <= _MAX_SHOWN else f"{printed[:_MAX_SHOWN]}…"


def _plain(path: str) -> str:
    return unicodedata.normalize("NFKC", path)


def _separators(text: str) -> int:
    return sum(character in _SEPARATING for character in text)
