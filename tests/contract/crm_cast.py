"""The accounts acme and bolt, and those of their people who work with the CRM."""

from grantway.accounts.actor import Actor
from grantway.accounts.rights import EVERYTHING, ORDINARY
from grantway.db import Database

NOW = 1_800_000_000

ACME, BOLT = 1, 2

ALICE = Actor(account_id=ACME, user_id=11, is_administrator=True, rights=EVERYTHING)
BOB = Actor(account_id=ACME, user_id=12, is_administrator=False, rights=ORDINARY)
CHARLIE = Actor(account_id=BOLT, user_id=21, is_administrator=True, rights=EVERYTHING)


async def open_accounts(db: Database) -> None:
    """Put both accounts into an empty database."""
    async with db.write() as tx:
        for account_id, subdomain in ((ACME, "acme"), (BOLT, "bolt")):
            await tx.change(
                """
                insert into accounts (id, uuid, subdomain, name, status, is_technical, country,
                                      currency, language, timezone, created_at, created_by,
                                      updated_at, updated_by)
                values (:id, :subdomain, :subdomain, :subdomain, 'active', false, 'US',
                        'USD', 'en', 'UTC', :now, 0, :now, 0)
                """,
                id=account_id,
                subdomain=subdomain,
                now=NOW,
            )


async def audited(db: Database, account_id: int) -> list[tuple[str, str]]:
    """Return event and subject of the account's audit entries, oldest first."""
    async with db.read() as reader:
        sql = "select {} from audit_entries where account_id = :account_id order by id"
        events = await reader.column(sql.format("event"), account_id=account_id)
        subjects = await reader.column(sql.format("subject"), account_id=account_id)
    return list(zip(events, subjects, strict=True))
