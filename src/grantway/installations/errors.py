"""What can go wrong."""

from __future__ import annotations

from grantway.kernel.errors import NotFound


class InstallationNotFound(NotFound):
    """Nothing of this name is installed in the account."""

    def __init__(self) -> None:
        super().__init__("This integration is not installed here")
