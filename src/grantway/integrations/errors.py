"""What can go wrong with integrations."""

from __future__ import annotations

from grantway.kernel.errors import Invalid, NotFound


class IntegrationNotFound(NotFound):
    """There is no such integration in this account."""

    def __init__(self, why: str = "") -> None:
        super().__init__("Integration not found", why=why)


class SettingsRefused(Invalid):
    """Some fields of the form cannot be accepted; *problems* says which and why."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems
