"""`grantway key rotate` and `compromise`, `grantway account rename`."""

from tests.integration.cli.command_line import CommandLine


def test_a_key_is_announced_and_then_signs(empty_platform: CommandLine) -> None:
    empty_platform.done("key", "create")
    announced = empty_platform.json("key", "rotate")
    assert announced["state"] == "next"
    assert "may sign in" in empty_platform.refused("key", "rotate")
    assert empty_platform.json("key", "rotate", "--at-once") == announced | {"state": "active"}

    states = [one["state"] for one in empty_platform.json("key", "list")]
    assert sorted(states) == ["active", "retired"]


def test_a_leaked_key_is_given_up_and_another_signs(empty_platform: CommandLine) -> None:
    kid = empty_platform.json("key", "create")["kid"]
    given_up = empty_platform.json("key", "compromise", kid, "--yes")
    states = {one["kid"]: one["state"] for one in empty_platform.json("key", "list")}

    assert states == {kid: "compromised", given_up["active"]: "active"}
    assert "no such key" in empty_platform.refused("key", "compromise", kid, "--yes")


def test_an_account_is_renamed(empty_platform: CommandLine) -> None:
    empty_platform.done("account", "create", "acme")
    renamed = empty_platform.json("account", "rename", "acme", "acme-europe")
    assert renamed["subdomain"] == "acme-europe"
    assert "is taken" in empty_platform.refused("account", "create", "acme")
    assert "Account not found" in empty_platform.refused("account", "rename", "acme", "acme-us")
    empty_platform.done("account", "rename", "acme-europe", "acme")
