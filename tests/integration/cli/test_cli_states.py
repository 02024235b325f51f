"""Suspending accounts, deactivating people, setting passwords, by the command line."""

import pytest

from tests.integration.cli.command_line import CommandLine

PASSWORD = "a password nobody else has\n"
OTHER_PASSWORD = "another one nobody else has\n"


@pytest.fixture
def subdomain(platform: CommandLine) -> str:
    """Create an account of the test's own: those on the demo's folder share one platform."""
    name = f"nadir{len(platform.json('account', 'list'))}"
    platform.done("account", "create", name)
    return name


@pytest.fixture
def administrator(platform: CommandLine, subdomain: str) -> str:
    return person(platform, subdomain, "anna", "administrator")


@pytest.fixture
def user(platform: CommandLine, subdomain: str) -> str:
    return person(platform, subdomain, "uma", "user")


def person(platform: CommandLine, subdomain: str, name: str, role: str) -> str:
    email = f"{name}@{subdomain}.example"
    wish = ("user", "create", email, "--name", name, "--account", subdomain, "--role", role)
    platform.done(*wish, "--password-stdin", typed=PASSWORD)
    return email


def active(platform: CommandLine, subdomain: str) -> dict[str, bool]:
    listed = platform.json("user", "list", "--account", subdomain)
    return {one["email"]: one["active"] for one in listed}


def test_an_account_is_suspended_and_resumed(platform: CommandLine, subdomain: str) -> None:
    before = platform.json("account", "show", subdomain)
    suspended = platform.json("account", "suspend", subdomain)
    shown = platform.json("account", "show", subdomain)
    again = platform.refused("account", "suspend", subdomain)
    resumed = platform.json("account", "resume", subdomain)

    assert before["status"] == "active"
    assert suspended == shown == before | {"status": "suspended"}
    assert resumed == before
    assert again == "This account is suspended already"
    assert platform.refused("account", "resume", subdomain) == "This account is not suspended"


def test_suspending_says_how_to_end_it(platform: CommandLine, subdomain: str) -> None:
    said = platform.done("account", "suspend", subdomain)

    assert f"`grantway account resume {subdomain}`" in said
    assert platform.done("account", "resume", subdomain) == f"{subdomain} is active again.\n"


@pytest.mark.parametrize("verb", ["suspend", "resume"])
def test_an_unknown_account_has_no_state(platform: CommandLine, verb: str) -> None:
    assert platform.refused("account", verb, "nowhere") == "Account not found"


def test_an_account_is_shown_in_lines(platform: CommandLine, subdomain: str) -> None:
    lines = platform.done("account", "show", subdomain).splitlines()

    assert [line.split()[:2] for line in lines if line.startswith("status")] == [
        ["status", "active"]
    ]


def test_a_user_is_deactivated_everywhere_and_activated(
    platform: CommandLine, subdomain: str, administrator: str, user: str
) -> None:
    done = platform.json("user", "deactivate", user)
    during = active(platform, subdomain)
    again = platform.refused("user", "deactivate", user)
    undone = platform.json("user", "activate", user)

    assert done == {"email": user, "account": None, "active": False}
    assert during == {administrator: True, user: False}
    assert again == "This user is deactivated already"
    assert undone == {"email": user, "account": None, "active": True}
    assert active(platform, subdomain)[user]
    assert platform.refused("user", "activate", user) == "This user is not deactivated"


def test_a_user_is_deactivated_in_one_account_alone(
    platform: CommandLine, subdomain: str, administrator: str, user: str
) -> None:
    other = f"{subdomain}b"
    platform.done("account", "create", other)
    platform.done("user", "role", user, "--account", other, "--role", "user")
    done = platform.json("user", "deactivate", user, "--account", subdomain)
    here, there = active(platform, subdomain)[user], active(platform, other)[user]
    again = platform.refused("user", "deactivate", user, "--account", subdomain)
    undone = platform.done("user", "activate", user, "--account", subdomain)

    assert done == {"email": user, "account": subdomain, "active": False}
    assert (here, there) == (False, True)
    assert again == f"This user is deactivated in {subdomain} already"
    assert undone == f"{user} is active in {subdomain} again.\n"
    assert active(platform, subdomain)[user]


def test_activating_in_an_account_tells_when_it_is_not_enough(
    platform: CommandLine, subdomain: str, administrator: str, user: str
) -> None:
    platform.done("user", "deactivate", user)
    platform.done("user", "deactivate", user, "--account", subdomain)
    said = platform.done("user", "activate", user, "--account", subdomain)

    assert f"`grantway user activate {user}`" in said
    assert not active(platform, subdomain)[user]
    assert platform.done("user", "activate", user) == f"{user} is active again.\n"
    assert active(platform, subdomain)[user]


def test_the_last_administrator_is_kept(
    platform: CommandLine, subdomain: str, administrator: str, user: str
) -> None:
    wishes = [
        ("user", "deactivate", administrator),
        ("user", "deactivate", administrator, "--account", subdomain),
        ("user", "role", administrator, "--account", subdomain, "--role", "user"),
    ]
    for wish in wishes:
        error = platform.refused(*wish)
        assert error.startswith(f"This is the last administrator of {subdomain} who may work")
    assert active(platform, subdomain) == {administrator: True, user: True}

    platform.done("user", "role", user, "--account", subdomain, "--role", "administrator")
    platform.done(*wishes[0])
    assert active(platform, subdomain) == {administrator: False, user: True}


@pytest.mark.parametrize("verb", ["activate", "deactivate", "password"])
def test_nobody_is_told_to_be_nobody(platform: CommandLine, verb: str) -> None:
    assert platform.refused("user", verb, "nobody@acme.example") == "User not found"


def test_a_password_is_set_from_standard_input_or_typed_twice(
    platform: CommandLine, user: str
) -> None:
    piped = platform.json("user", "password", user, "--password-stdin", typed=OTHER_PASSWORD)
    typed = platform.run("user", "password", user, typed=OTHER_PASSWORD * 2)

    assert piped == {"email": user, "sessions_ended": 0}
    assert typed.exit_code == 0
    assert OTHER_PASSWORD.strip() not in typed.output
    assert f"{user} has another password" in typed.stdout


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "password: use at least 8 characters"),
        ("short\n", "password: use at least 8 characters"),
        ("x" * 300 + "\n", "password: use at most 256 characters"),
        (
            "Password123\n",
            "password: this is one of the passwords that are tried first; choose another one",
        ),
    ],
)
def test_an_unacceptable_password_is_refused(
    platform: CommandLine, user: str, typed: str, error: str
) -> None:
    assert platform.refused("user", "password", user, "--password-stdin", typed=typed) == error


def test_a_password_in_an_argument_is_wrong_use(platform: CommandLine, user: str) -> None:
    result = platform.run("user", "password", user, OTHER_PASSWORD.strip())

    assert result.exit_code == 2
