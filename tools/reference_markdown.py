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
