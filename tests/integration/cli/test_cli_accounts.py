"""`grantway account` and `grantway user`."""

import pytest

from tests.integration.cli.command_line import CommandLine

PASSWORD = "a password nobody else has\n"


def unique(platform: CommandLine) -> str:
    """Return a subdomain that is free: the tests on the demo's folder share one platform."""
    return f"zenith{len(platform.json('account', 'list'))}"


def test_an_account_is_created_with_its_first_pipeline_and_shown(platform: CommandLine) -> None:
    subdomain = unique(platform)
    made = platform.json("account", "create", subdomain, "--name", "Zenith", "--currency", "EUR")

    assert made["subdomain"] == subdomain
    assert made["currency"] == "EUR"
    assert made["address"].startswith(("http://", "https://"))
    assert platform.json("account", "show", subdomain) == made
    assert made in platform.json("account", "list")
    assert "Zenith" in platform.done("account", "show", subdomain)


def test_the_rule_about_unused_access_is_shown_and_changed(platform: CommandLine) -> None:
    subdomain = unique(platform)
    platform.done("account", "create", subdomain)
    platform.done(
        *("user", "create", f"zoe@{subdomain}.example", "--name", "Zoe"),
        *("--account", subdomain, "--role", "administrator", "--password-stdin"),
        typed=PASSWORD,
    )
    rule = ("account", "rule", subdomain)
    first = platform.json(*rule)
    changed = platform.json(*rule, "--unused-days", "90")
    told = platform.done(*rule)
    impossible = platform.run(*rule, "--unused-days", "91")
    kept = platform.json(*rule)
    off = platform.json(*rule, "--unused-days", "off")

    assert first == off == {"account": subdomain, "unused_days": None, "ending_soon": 0}
    assert changed == kept == {"account": subdomain, "unused_days": 90, "ending_soon": 0}
    assert "90 days" in told
    assert impossible.exit_code == 2
    assert "does not end" in platform.done(*rule)


def test_the_rule_of_an_account_that_is_not_there_or_has_nobody_is_refused(
    platform: CommandLine,
) -> None:
    subdomain = unique(platform)
    platform.done("account", "create", subdomain)

    assert platform.refused("account", "rule", "nowhere", "--unused-days", "30")
    assert platform.refused("account", "rule", subdomain, "--unused-days", "30")


def test_creating_an_account_tells_its_address(platform: CommandLine) -> None:
    subdomain = unique(platform)

    assert f"{subdomain}." in platform.done("account", "create", subdomain)


@pytest.mark.parametrize(
    ("subdomain", "error"),
    [
        ("acme", "This subdomain is taken; choose another one"),
        ("www", "subdomain: this name is reserved"),
        (
            "Acme",
            (
                "subdomain: use 2 to 63 of the letters a to z, digits and hyphens, "
                "with no hyphen at either end"
            ),
        ),
    ],
)
def test_an_impossible_subdomain_is_refused_and_the_error_says_why(
    platform: CommandLine, subdomain: str, error: str
) -> None:
    before = platform.json("account", "list")

    assert platform.refused("account", "create", subdomain) == error
    assert platform.json("account", "list") == before


def test_an_unknown_account_is_refused(platform: CommandLine) -> None:
    assert platform.refused("account", "show", "nowhere") == "Account not found"


def test_an_empty_platform_says_how_to_begin(empty_platform: CommandLine) -> None:
    assert "grantway account create" in empty_platform.done("account", "list")
    assert empty_platform.json("account", "list") == []


def test_a_user_is_created_joins_an_account_and_changes_roles(platform: CommandLine) -> None:
    subdomain = unique(platform)
    email = f"zoe@{subdomain}.example"
    platform.done("account", "create", subdomain)
    made = platform.json(
        *("user", "create", email, "--name", "Zoe", "--account", subdomain, "--password-stdin"),
        typed=PASSWORD,
    )
    joined = platform.json("user", "list", "--account", subdomain)
    changed = platform.json("user", "role", email, "--account", subdomain, "--role=administrator")
    after = platform.json("user", "list", "--account", subdomain)

    shown = {"role": "user", "rights": "own", "group": "Sales department", "active": True}
    assert joined == [made | shown]
    assert changed == {"email": email, "account": subdomain, "role": "administrator"}
    assert [one["role"] for one in after] == ["administrator"]


LANGUAGE_OF_ACCOUNT = {"es": "es", "en": "en", "fr": "en"}


@pytest.mark.parametrize("of_account", LANGUAGE_OF_ACCOUNT)
def test_somebody_new_reads_what_was_chosen_else_the_language_of_the_account(
    platform: CommandLine, of_account: str
) -> None:
    subdomain = unique(platform)
    platform.done("account", "create", subdomain, "--language", of_account)
    alone, member, chooser = (f"{who}@{subdomain}.example" for who in ("yan", "zoe", "abe"))
    create = ("user", "create")
    within = ("--account", subdomain)
    rest = ("--name", "Somebody", "--password-stdin")

    chosen = platform.json(*create, chooser, *within, "--language", "tr", *rest, typed=PASSWORD)
    guessed = platform.json(*create, member, *within, *rest, typed=PASSWORD)
    unknown = platform.json(*create, alone, *rest, typed=PASSWORD)
    listed = platform.json("user", "list", "--account", subdomain)

    assert chosen["language"] == "tr"
    assert guessed["language"] == LANGUAGE_OF_ACCOUNT[of_account]
    assert unknown["language"] == "en"
    assert {one["email"]: one["language"] for one in listed} == {
        chooser: "tr",
        member: guessed["language"],
    }


def test_the_language_that_a_person_reads_is_changed(platform: CommandLine) -> None:
    subdomain = unique(platform)
    email = f"zoe@{subdomain}.example"
    platform.done("account", "create", subdomain)
    platform.done(
        *("user", "create", email, "--name", "Zoe", "--account", subdomain, "--password-stdin"),
        typed=PASSWORD,
    )
    changed = platform.json("user", "edit", email, "--language", "es")
    impossible = platform.run("user", "edit", email, "--language", "fr")
    nothing = platform.run("user", "edit", email)
    (zoe,) = platform.json("user", "list", "--account", subdomain)

    assert changed == {"email": email, "language": "es"}
    assert zoe["language"] == "es"
    assert (impossible.exit_code, nothing.exit_code) == (2, 2)
    assert "'--language': 'fr' is not one of 'en', 'es'" in impossible.stderr
    assert "Português" in platform.done("user", "edit", email, "--language", "pt")
    nobody = platform.refused("user", "edit", f"eve@{subdomain}.example", "--language", "es")
    assert nobody == "User not found"


def test_a_typed_password_is_asked_for_twice_and_not_shown(platform: CommandLine) -> None:
    subdomain = unique(platform)
    platform.done("account", "create", subdomain)
    result = platform.run(
        "user", "create", f"yan@{subdomain}.example", "--name", "Yan", typed=PASSWORD * 2
    )

    assert result.exit_code == 0
    assert PASSWORD.strip() not in result.output


@pytest.mark.parametrize(
    ("email", "typed", "error"),
    [
        ("alice@acme.example", PASSWORD, "email: a user with this address exists"),
        ("nobody", PASSWORD, "email: write an address like name@company.example"),
        ("eve@acme.example", "short\n", "password: use at least 8 characters"),
        (
            "eve@acme.example",
            "password123\n",
            "password: this is one of the passwords that are tried first; choose another one",
        ),
    ],
)
def test_a_user_that_cannot_be_made_is_refused_and_the_error_names_the_field(
    platform: CommandLine, email: str, typed: str, error: str
) -> None:
    refused = platform.refused(
        "user", "create", email, "--name", "Eve", "--password-stdin", typed=typed
    )

    assert refused == error


def test_nobody_is_half_added_to_an_unknown_account(platform: CommandLine) -> None:
    wish = ("user", "create", "eve@acme.example", "--name", "Eve", "--password-stdin")

    assert platform.refused(*wish, "--account", "nowhere", typed=PASSWORD) == "Account not found"
    role = ("user", "role", "eve@acme.example", "--account", "acme", "--role", "user")
    assert platform.refused(*role) == "User not found"
