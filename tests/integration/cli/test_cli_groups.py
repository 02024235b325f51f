"""`grantway group`."""

from tests.integration.cli.command_line import CommandLine


def test_groups_are_made_filled_renamed_and_deleted(platform: CommandLine) -> None:
    of_acme = ("--account", "acme")
    alice = "alice@acme.example"
    made = platform.json("group", "create", "North", *of_acme)
    number = str(made["id"])
    platform.json("group", "assign", number, alice, *of_acme)
    platform.json("group", "rename", number, "North and east", *of_acme)
    listed = platform.json("group", "list", *of_acme)
    users = {one["email"]: one["group"] for one in platform.json("user", "list", *of_acme)}

    assert [one["name"] for one in listed] == ["Sales department", "North and east"]
    assert listed[1] == {"id": made["id"], "name": "North and east", "users": 1}
    assert users[alice] == "North and east"
    assert "called so" in platform.refused("group", "create", "north and EAST", *of_acme)
    assert "not found" in platform.refused("group", "assign", "999", alice, *of_acme)
    platform.json("group", "delete", number, *of_acme)
    left = platform.json("group", "list", *of_acme)
    assert [one["id"] for one in left] == [0]
    assert left[0]["users"] == len(users)
    assert platform.refused("group", "delete", number, *of_acme)


def test_names_are_printed_as_they_are_and_command_no_terminal(platform: CommandLine) -> None:
    of_acme = ("--account", "acme")
    for name in ("North [/east]", "South\x1b[2J"):
        platform.json("group", "create", name, *of_acme)
    table = platform.done("group", "list", *of_acme)

    assert "North [/east]" in table
    assert "South\ufffd[2J" in table
