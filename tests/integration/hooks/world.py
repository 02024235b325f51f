"""Accounts acme and bolt, an integration of acme with a revoke hook, and who sends its calls."""

from collections.abc import Sequence

from grantway.db import Database
from grantway.hooks import service
from grantway.hooks.addresses import Rules, Target
from grantway.hooks.model import Attempt, Kind, Planned
from grantway.hooks.sender import Sender
from grantway.hooks.service import Hooks
from grantway.integrations import service as integrations
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import ManualClock
from grantway.kernel.sealing import Seal
from grantway.worker.delivering import Deliverer
from grantway.worker.fairness import Shares
from tests.contract.crm_cast import ACME, ALICE, BOLT, NOW, open_accounts
from tests.integration.hooks.receiver import Receiver

OWN = Addresses("https", "grantway.test", 443)
SEAL = Seal([bytes(range(32))])


class World:
    """What tests of deliveries have at hand."""

    def __init__(self, db: Database, receiver: Receiver) -> None:
        self.db = db
        self.receiver = receiver
        self.clock = ManualClock(NOW)
        self.client_id = ""
        self.secret = ""

    async def fill(self) -> None:
        await open_accounts(self.db)
        async with self.db.write() as tx:
            made = await integrations.create_private(tx, ALICE, NOW)
            self.client_id = made.client_id
            self.secret = await integrations.generate_secret(tx, ALICE, made.client_id, SEAL, NOW)
        await self.set_revoke_hook(self.uri("/off"))

    def uri(self, path: str) -> str:
        return f"http://127.0.0.1:{self.receiver.port}{path}"

    async def set_revoke_hook(self, uri: str | None) -> None:
        """Store a hook without TLS, which forms refuse."""
        async with self.db.write() as tx:
            await tx.change(
                "update integrations set revoke_hook_uri = :uri where client_id = :client_id",
                uri=uri,
                client_id=self.client_id,
            )

    def hooks(self, db: Database | None = None, *others: Receiver) -> Hooks:
        ports = [one.port for one in (self.receiver, *others)]
        rules = Rules(OWN, frozenset(Target("127.0.0.1", port) for port in ports))
        return Hooks(db or self.db, Sender(rules), SEAL, self.clock)

    def deliverer(
        self, *others: Receiver, db: Database | None = None, shares: Shares | None = None
    ) -> Deliverer:
        return Deliverer(self.hooks(db, *others), shares=shares)

    def planned(self, uri: str, account_id: int = ACME) -> Planned:
        return Planned(account_id=account_id, client_id=self.client_id, kind=Kind.INSTALL, uri=uri)

    async def plan(self, *paths: str, account_id: int = ACME) -> None:
        async with self.db.write() as tx:
            for path in paths:
                await service.plan(tx, self.planned(self.uri(path), account_id), self.clock())

    async def plan_revoke_hook(self, account_id: int = ACME) -> bool:
        async with self.db.write() as tx:
            return await service.plan_revoke_hook(tx, account_id, self.client_id, self.clock())

    async def attempts(self) -> Sequence[Attempt]:
        """Return what Alice reads, oldest first."""
        async with self.db.read() as reader:
            page = await service.attempts(reader, ALICE, self.client_id, limit=1000)
        return page.attempts[::-1]

    async def states(self) -> list[str]:
        return [one.state for one in await self.attempts()]


__all__ = ["ACME", "ALICE", "BOLT", "NOW", "SEAL", "World"]
