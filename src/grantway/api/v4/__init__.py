"""The REST API of version 4: one file per resource, each a table of operations."""

from grantway.api.v4.account import Account
from grantway.api.v4.leads import Leads
from grantway.api.v4.users import Users
from grantway.asgi.operations import Operation
from grantway.db import Database


def operations(db: Database) -> list[Operation]:
    """Return every operation of the API."""
    resources = (Account(db), Leads(db), Users(db))
    return [operation for resource in resources for operation in resource.operations()]
