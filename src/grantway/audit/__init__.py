"""Who did what, when, from where, and how it ended.

An entry is written in the transaction of the change that it tells, so neither
exists without the other (S-185, S-200). Entries are never changed.
"""

from grantway.audit.model import PLATFORM, Entry, Event
from grantway.audit.service import Page, entries, record, record_all
from grantway.audit.store import EntryRow

__all__ = [
    "PLATFORM",
    "Entry",
    "EntryRow",
    "Event",
    "Page",
    "entries",
    "record",
    "record_all",
]
