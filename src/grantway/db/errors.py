"""What both drivers' errors become."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Unavailable


class AlreadyThere(Conflict):
    """A row with the same unique key exists."""

    def __init__(self, why: str) -> None:
        super().__init__("This exists already", why=why)


class StorageUnavailable(Unavailable):
    """The database is locked, full or out of reach; nothing was stored."""

    def __init__(self, why: str) -> None:
        super().__init__("The change could not be stored; please try again", why=why)


class OutcomeUnknown(Unavailable):
    """The connection was cut while the change was being stored: it may be there, or not (S-226)."""

    is_safe_to_repeat = False

    def __init__(self, why: str) -> None:
        super().__init__(
            "It is not known whether the change was stored; look before you send it again", why=why
        )


class Overtaken(StorageUnavailable):
    """Somebody else changed meanwhile what the transaction had read; doing it again decides anew.

    Nothing was stored. It happens where transactions run at the same time,
    which is on PostgreSQL.
    """
