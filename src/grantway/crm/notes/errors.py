"""What stands against reading a note."""

from __future__ import annotations

from grantway.kernel.errors import NotFound


class NoteNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Note not found", why=why)


class EntityOfNotesNotFound(NotFound):
    """The entity of the address is not there, or out of the actor's sight."""

    def __init__(self, one: str) -> None:
        super().__init__(f"{one.capitalize()} not found")
