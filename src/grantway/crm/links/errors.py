"""What can go wrong with links."""

from __future__ import annotations

from grantway.kernel.errors import Invalid


class TooManyLinks(Invalid):
    """An entity would have more links than one answer shows."""

    def __init__(self, most: int, why: str) -> None:
        super().__init__(f"At most {most} entities of a type can be linked with one", why=why)
