"""Grants and installations, listed and ended by the command line."""

import pytest

from tests.integration.cli.command_line import CommandLine, MakeIntegration

ACME = ("--account", "acme")


@pytest.fixture
def client_id(make_integration: MakeIntegration) -> str:
    return make_integration("--name", "Export", "--scope", "crm")["client_id"]


@pytest.fixture
def grant_id(platform: CommandLine, client_id: str) -> int:
    """Give the integration a long-lived token, which installs it; return its number."""
    until = ("--expires", "2029-01-01")
    made = platform.json("token", "create", *ACME, "--integration", client_id, *until)
    number: int = made["id"]
    return number


def grants(platform: CommandLine, client_id: str) -> dict[int, str]:
    listed = platform.json("grant", "list", *ACME, "--integration", client_id)
    return {one["id"]: one["state"] for one in listed}


def installed(platform: CommandLine, client_id: str) -> list[dict[str, object]]:
    listed = platform.json("installation", "list", *ACME)
    return [one for one in listed if one["client_id"] == client_id]


def test_grants_are_listed_with_what_is_known_of_them(
    platform: CommandLine, client_id: str, grant_id: int
) -> None:
    (one,) = platform.json("grant", "list", *ACME, "--integration", client_id)

    assert one["id"] == grant_id
    assert one["scopes"] == "push_notifications crm"
    assert one["ends"] == "2029-01-01 00:00 UTC"
    assert {k: one[k] for k in ("state", "kind", "integration", "user", "last_used")} == {
        "state": "live",
        "kind": "long_lived",
        "integration": "Export",
        "user": "Alice",
        "last_used": None,
    }
    assert one in platform.json("grant", "list", *ACME)


def test_one_grant_is_revoked(platform: CommandLine, client_id: str, grant_id: int) -> None:
    assert platform.json("grant", "revoke", str(grant_id), *ACME) == {"revoked": 1}

    assert grants(platform, client_id) == {grant_id: "revoked"}
    again = platform.refused("grant", "revoke", str(grant_id), *ACME)
    assert again == "This access does not exist or has ended already"
    assert len(installed(platform, client_id)) == 1


def test_all_grants_of_an_integration_are_revoked(
    platform: CommandLine, client_id: str, grant_id: int
) -> None:
    until = ("--expires", "2029-01-02")
    platform.done("token", "create", *ACME, "--integration", client_id, *until)
    said = platform.done("grant", "revoke", "--all", *ACME, "--integration", client_id)

    assert said == "Revoked: 2.\n"
    assert set(grants(platform, client_id).values()) == {"revoked"}
    assert grant_id in grants(platform, client_id)


@pytest.mark.parametrize(
    "options",
    [(), ("--all",), ("7", "--all"), ("7", "--integration", "x"), ("--integration", "x")],
)
def test_revoking_says_what_is_to_be_named(platform: CommandLine, options: tuple[str, ...]) -> None:
    result = platform.run("grant", "revoke", *options, *ACME)

    assert result.exit_code == 2
    assert "name one grant, or --all with --integration" in result.stderr


def test_installations_are_listed_and_ended(
    platform: CommandLine, client_id: str, grant_id: int
) -> None:
    (one,) = installed(platform, client_id)
    assert {k: one[k] for k in ("name", "kind", "state", "by", "live_grants")} == {
        "name": "Export",
        "kind": "private",
        "state": "installed",
        "by": "Alice",
        "live_grants": 1,
    }
    asked = platform.run("installation", "end", client_id, *ACME, typed="n\n")
    assert asked.exit_code == 1
    assert platform.done("installation", "end", client_id, *ACME, "--yes") == "Uninstalled.\n"

    assert installed(platform, client_id) == []
    assert grants(platform, client_id) == {grant_id: "revoked"}
    again = platform.refused("installation", "end", client_id, *ACME, "--yes")
    assert again == "This integration is not installed here"
