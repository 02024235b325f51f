"""What may be wrong with a request about tasks."""

from __future__ import annotations

from grantway.kernel.errors import NotFound


class TaskNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Task not found", why=why)
