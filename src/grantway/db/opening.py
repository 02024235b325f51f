"""Which database an address means."""

from __future__ import annotations

from grantway.db.database import Database
from grantway.db.postgresql import PostgresqlDatabase
from grantway.db.sqlite import SqliteDatabase


async def open_database(url: str) -> Database:
    """Open `sqlite:///path/to/file` or `postgresql://user@host/name`.

    Raises ValueError when *url* is neither.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite" and rest.startswith("/"):
        return SqliteDatabase(sqlite_path(url))
    if separator and scheme in {"postgresql", "postgres"}:
        return await PostgresqlDatabase.connect(url)
    raise ValueError(
        "the database must be sqlite:///path or postgresql://user@host/name, "
        f"and {scheme or 'nothing'}:// was given"
    )


def sqlite_path(url: str) -> str:
    """Return the file of an address.

    >>> sqlite_path("sqlite:///grantway.db")
    'grantway.db'
    >>> sqlite_path("sqlite:////var/lib/grantway.db")
    '/var/lib/grantway.db'
    """
    return url.removeprefix("sqlite:///")
