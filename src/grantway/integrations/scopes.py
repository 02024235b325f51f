"""Scopes: what an integration may be given (contract: authorization.md 11)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Scope(msgspec.Struct, frozen=True):
    """One scope. Those that are not *offered* are never shown as a choice."""

    name: str
    label: str
    explanation: str
    is_offered: bool = True


# In the order in which tokens list them.
SCOPES = (
    Scope("push_notifications", "Push notifications", "Comes with every token.", is_offered=False),
    Scope("files", "Access to files", "See the files of the account and upload new ones."),
    Scope(
        "crm",
        "Access to account data",
        "Read and change leads, contacts, companies, tasks and settings of the account.",
    ),
    Scope("files_delete", "Deleting files", "Delete files of the account for good."),
    Scope("notifications", "Notification center", "Show messages in the notification center."),
)
OFFERED = tuple(scope.name for scope in SCOPES if scope.is_offered)


def normal_scopes(chosen: Iterable[str]) -> str:
    """Return the chosen scopes as they are kept: in the tokens' order, each once.

    >>> normal_scopes(["notifications", "crm"])
    'crm notifications'
    """
    wanted = set(chosen)
    return " ".join(name for name in (s.name for s in SCOPES) if name in wanted & set(OFFERED))


def scopes_of_token(kept: str) -> list[str]:
    """Return what a token lists for an integration's scopes.

    >>> scopes_of_token("crm notifications")
    ['push_notifications', 'crm', 'notifications']
    """
    return ["push_notifications", *kept.split()]


def access_in_words(scopes: str) -> list[str]:
    """Return what was given, without what comes with every token.

    >>> access_in_words("push_notifications crm files")
    ['Access to files', 'Access to account data']
    """
    given = scopes.split()
    return [scope.label for scope in SCOPES if scope.is_offered and scope.name in given]
