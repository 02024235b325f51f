"""What may be wrong with a request about loss reasons."""

from __future__ import annotations

from grantway.kernel.errors import NotFound, Unprocessable


class LossReasonNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Loss reason not found", why=why)


class LossReasonInUse(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("Only loss reasons without leads can be deleted", why=why)
