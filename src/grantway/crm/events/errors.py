"""What can go wrong with reading events."""

from __future__ import annotations

from grantway.kernel.errors import NotFound


class EventNotFound(NotFound):
    """There is no such event, or none that the actor may see."""

    def __init__(self, *, why: str = "") -> None:
        super().__init__("Event not found", why=why)
