"""Who is doing something in an account: the one argument of every use case about its data."""

from __future__ import annotations

import msgspec

from grantway.accounts.rights import Rights
from grantway.audit import Entry, Event
from grantway.kernel.errors import Forbidden


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A user of an account, in person or through an integration that acts for them.

    *user_id* is whose rights count; *client_id* and *grant_id* say which
    integration acts, and are None for a person in a browser. *source* is the
    address that the request came from. *is_operator*: the platform's operator
    does it with the rights of this user. *authorizer_id* is the administrator
    whose grant lets the integration act for this other user (S-99).
    """

    account_id: int
    user_id: int
    group_id: int = 0
    is_administrator: bool
    rights: Rights
    client_id: str | None = None
    grant_id: int | None = None
    source: str = ""
    is_operator: bool = False
    authorizer_id: int | None = None

    def must_administer(self) -> None:
        """Raise Forbidden unless the actor is an administrator of the account."""
        if not self.is_administrator:
            raise Forbidden

    @property
    def _kind(self) -> str:
        if self.is_operator:
            return "operator"
        return "integration" if self.client_id else "user"

    def did(self, event: Event, *, at: int, subject: str = "", outcome: str = "done") -> Entry:
        """Return the audit entry for what this actor did."""
        return Entry(
            at=at,
            event=event,
            account_id=self.account_id,
            actor=self._kind,
            user_id=None if self.is_operator else self.user_id,
            client_id=self.client_id,
            grant_id=self.grant_id,
            authorizer_id=self.authorizer_id,
            source=self.source,
            subject=subject,
            outcome=outcome,
        )
