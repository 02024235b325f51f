"""Dates in deliveries about tasks and notes: texts, in the account's time (api-v4.md 3.13)."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from grantway.accounts import service as accounts
from grantway.db import Reader


async def timezone(reader: Reader, account_id: int) -> dt.tzinfo:
    """Return where the account's days begin."""
    account = await accounts.account_by_id(reader, account_id)
    return zoneinfo.ZoneInfo(account.timezone)


def date_text(moment: int, zone: dt.tzinfo) -> str:
    """Return *moment* as deliveries write it.

    >>> date_text(1_700_000_000, dt.UTC)
    '2023-11-14 22:13:20'
    >>> date_text(253_402_300_799, zoneinfo.ZoneInfo("Asia/Tokyo"))
    '9999-12-31 23:59:59'
    """
    try:
        local = dt.datetime.fromtimestamp(moment, zone)
    except OverflowError:  # it lies in the year 10000 there, which no date of ours can tell
        local = dt.datetime.fromtimestamp(moment, dt.UTC)
    return local.strftime("%Y-%m-%d %H:%M:%S")
