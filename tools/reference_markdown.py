"""How a page of the reference is put together."""

from collections.abc import Iterable

NOTE = "<!-- Written by `python -m tools.reference`; change the program and run it again. -->"


def rows(head: Iterable[str], body: Iterable[Iterable[object]]) -> str:
    """Return a table.

    >>> print(rows(["a", "b"], [[1, "x"]]))
    | a | b |
    |---|---|
    | 1 | x |
    """
    names = list(head)
    lines = [names, ["---"] * len(names)]
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in body]
    shown = [f"| {' | '.join(row)} |" for row in [names, *cells]]
    shown.insert(1, f"|{'|'.join(lines[1])}|")
    return "\n".join(shown)


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def span(seconds: int) -> str:
    """Return a time in words.

    >>> span(43200), span(1200), span(60), span(1209600)
    ('12 hours', '20 minutes', '60 seconds', '14 days')
    """
    for length, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length and seconds % length == 0:
            return f"{seconds // length} {name}"
    return f"{seconds} seconds"
