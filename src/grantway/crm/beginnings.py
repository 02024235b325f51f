"""What the CRM of a new account begins with."""

from grantway.crm.fields import service as fields
from grantway.crm.pipelines import service as pipelines
from grantway.db import Transaction


async def begin(tx: Transaction, account_id: int, now: int) -> None:
    """Give a new account its main pipeline and the fields that every account has."""
    await pipelines.create_default(tx, account_id, now)
    await fields.create_default(tx, account_id)
