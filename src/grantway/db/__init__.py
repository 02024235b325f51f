"""Transactions on SQLite and PostgreSQL, with one SQL for both, and the migrations.

Everybody else sees `Database`, `Reader` and `Transaction`; the drivers are known
here alone.
"""

from grantway.db.database import Database, Reader, Transaction, Value
from grantway.db.errors import AlreadyThere, Overtaken
from grantway.db.migrations import SchemaError, migrate
from grantway.db.opening import open_database

__all__ = [
    "AlreadyThere",
    "Database",
    "Overtaken",
    "Reader",
    "SchemaError",
    "Transaction",
    "Value",
    "migrate",
    "open_database",
]
