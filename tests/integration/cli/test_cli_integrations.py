"""`grantway integration`, `grantway token` and `grantway code`."""

import datetime as dt
import uuid

import pytest

from tests.integration.cli.command_line import CommandLine, MakeIntegration

REDIRECT_URI = "https://hooks.example.org/kommo"


def is_uuid(text: str) -> bool:
    return str(uuid.UUID(text)) == text


def in_days(days: int) -> str:
    """Return a day by its distance from today, in UTC as the command line counts."""
    today = dt.datetime.now(dt.UTC).date()
    return (today + dt.timedelta(days=days)).isoformat()


def test_an_integration_is_created_with_keys_that_are_shown_once(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration("--name", "Night export", "--scope", "crm")
    listed = platform.json("integration", "list", "--account", "acme")
    found = next(one for one in listed if one["client_id"] == made["client_id"])

    assert is_uuid(made["client_id"])
    assert len(made["client_secret"]) == 64
    assert found["name"] == "Night export"
    assert found["scopes"] == "crm"
    assert made["client_secret"] not in platform.done("integration", "list", "--account", "acme")


def test_an_integration_is_shown_with_its_settings_and_grants_and_no_secret(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration(
        *("--name", "Night export", "--scope", "crm"), *("--redirect-uri", REDIRECT_URI)
    )
    client_id = made["client_id"]
    unused = platform.json("integration", "show", client_id)
    whose = ("--account", "acme", "--integration", client_id)
    tokens = [
        platform.json("token", "create", *whose, "--expires", in_days(days)) for days in (1, 30, 60)
    ]
    platform.done("token", "revoke", str(tokens[0]["id"]), "--account", "acme")
    shown = platform.json("integration", "show", client_id)
    printed = platform.done("integration", "show", client_id)

    assert (unused["live_grants"], unused["installations"]) == (0, [])
    assert {name: shown[name] for name in ("name", "account", "kind", "status", "scopes")} == {
        "name": "Night export",
        "account": "acme",
        "kind": "private",
        "status": "private",
        "scopes": "crm",
    }
    assert (shown["fidelity"], shown["redirect_uri"]) == ("kommo", REDIRECT_URI)
    assert shown["live_grants"] == 2
    assert [(one["account"], one["live_grants"]) for one in shown["installations"]] == [("acme", 2)]
    assert shown["secret_key_issued"].endswith(" UTC")
    for secret in (made["client_secret"], *(one["token"] for one in tokens)):
        assert secret not in printed
        assert secret not in str(shown)
    assert client_id in printed
    assert "acme, since " in printed


def test_a_list_cuts_no_id_however_narrow_the_terminal(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration("--name", "N" * 200, "--redirect-uri", REDIRECT_URI)
    listed = platform.done("integration", "list", "--account", "acme")

    for whole in (made["client_id"], REDIRECT_URI, "files crm files_delete notifications"):
        assert whole in listed


def test_an_integration_that_is_gone_is_not_shown(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration()["client_id"]
    platform.done("integration", "delete", client_id, "--account", "acme", "--yes")

    for one in (client_id, str(uuid.uuid4()), "nonsense"):
        assert platform.refused("integration", "show", one) == "Integration not found"


def test_an_edit_changes_what_it_names_and_nothing_else(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration("--name", "Night export", "--redirect-uri", REDIRECT_URI)
    edit = ("integration", "edit", made["client_id"], "--account", "acme")
    before = platform.json("integration", "show", made["client_id"])
    strict = platform.json(*edit, "--fidelity", "strict")
    renamed = platform.json(*edit, "--name", "Day export", "--redirect-uri", "")

    still = {"changed"}
    assert {k for k, v in strict.items() if before[k] != v} - still == {"fidelity"}
    assert {k for k, v in renamed.items() if strict[k] != v} - still == {"name", "redirect_uri"}
    assert (strict["fidelity"], renamed["redirect_uri"]) == ("strict", None)
    assert "Day export" in platform.done(*edit, "--fidelity", "kommo")


def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration("--name", "Night export")["client_id"]
    edit = ("integration", "edit", client_id, "--account", "acme")
    before = platform.json("integration", "show", client_id)

    bad_name = platform.refused(*edit, "--fidelity", "strict", "--name", " ")
    bad_uri = platform.refused(*edit, "--redirect-uri", "http://hooks.example.org/")
    foreign = platform.refused("integration", "edit", str(uuid.uuid4()), *edit[3:], "--name", "X")
    assert bad_name == "name: write 1 to 255 characters"
    assert bad_uri.startswith("redirect_uri: it must begin with https://")
    assert foreign == "Integration not found"
    assert platform.run(*edit).exit_code == 2
    assert platform.run(*edit, "--fidelity", "lenient").exit_code == 2
    assert platform.json("integration", "show", client_id) == before


def test_an_integration_can_be_strict_from_the_beginning(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration("--fidelity", "strict")["client_id"]
    listed = platform.json("integration", "list", "--account", "acme")

    assert platform.json("integration", "show", client_id)["fidelity"] == "strict"
    assert [one["fidelity"] for one in listed if one["client_id"] == client_id] == ["strict"]


def test_created_without_json_both_keys_stand_on_lines_of_their_own(platform: CommandLine) -> None:
    first, second = platform.done("integration", "create", "--account", "acme").splitlines()

    assert is_uuid(first.removeprefix("integration ID  "))
    assert len(second.removeprefix("secret key      ")) == 64


def test_a_bad_redirect_uri_is_refused_and_named(platform: CommandLine) -> None:
    error = platform.refused(
        *("integration", "create", "--account", "acme"),
        *("--redirect-uri", "http://hooks.example.org/kommo"),
    )

    assert error.startswith("redirect_uri: it must begin with https://")


def test_deleting_asks_first_and_ends_everything(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration()["client_id"]
    asked = platform.run("integration", "delete", client_id, "--account", "acme", typed="n\n")
    deleted = platform.json("integration", "delete", client_id, "--account", "acme", "--yes")
    left = platform.json("integration", "list", "--account", "acme")

    assert asked.exit_code == 1
    assert deleted == {"client_id": client_id, "deleted": True}
    assert client_id not in [one["client_id"] for one in left]
    again = platform.refused("integration", "delete", client_id, "--account", "acme", "--yes")
    assert again == "Integration not found"


def test_a_token_is_created_listed_and_revoked(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])
    made = platform.json("token", "create", *whose, "--expires", in_days(30))
    (live,) = platform.json("token", "list", *whose)
    revoked = platform.json("token", "revoke", str(made["id"]), "--account", "acme")
    (ended,) = platform.json("token", "list", *whose)

    assert made["token"].count(".") == 2
    assert (live["id"], live["state"], live["issued_by"]) == (made["id"], "live", "Alice")
    assert live["expires"] == f"{in_days(30)} 00:00 UTC"
    assert revoked == {"id": made["id"], "state": "revoked"}
    assert ended["state"] == "revoked"
    assert made["token"] not in platform.done("token", "list", *whose)
    again = platform.refused("token", "revoke", str(made["id"]), "--account", "acme")
    assert again == "This token does not exist or has ended already"


def test_without_json_the_token_alone_is_printed_to_be_piped(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])

    printed = platform.done("token", "create", *whose, "--expires", in_days(1))
    assert printed.startswith("eyJ")
    assert len(printed.split()) == 1


@pytest.mark.parametrize("days", [-1, 0, 366 * 5 + 1])
def test_an_expiry_outside_of_tomorrow_to_five_years_is_refused_with_the_bounds(
    platform: CommandLine, make_integration: MakeIntegration, days: int
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])
    error = platform.refused("token", "create", *whose, "--expires", in_days(days))

    assert error.startswith(f"expires_on: choose a date from {in_days(1)} to ")
    assert error.endswith(f", not {in_days(days)}")
    assert platform.json("token", "list", *whose) == []


def test_what_is_no_date_is_wrong_use(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])

    assert platform.run("token", "create", *whose, "--expires", "tomorrow").exit_code == 2


def test_a_user_who_is_no_administrator_has_no_tokens(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])
    wish = ("token", "create", *whose, "--expires", in_days(1))

    assert platform.refused(*wish, "--user", "bob@acme.example") == "User not found"
    assert platform.done(*wish, "--user", "alice@acme.example").startswith("eyJ")


def test_an_integration_of_another_account_is_unknown(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration()["client_id"]
    subdomain = f"other{client_id[:8]}"
    platform.done("account", "create", subdomain)
    platform.done(
        *("user", "create", f"olga@{subdomain}.example", "--name", "Olga"),
        *("--account", subdomain, "--role", "administrator", "--password-stdin"),
        typed="olga's long password\n",
    )
    whose = ("--account", subdomain, "--integration", client_id)

    error = platform.refused("token", "create", *whose, "--expires", in_days(1))
    assert error == "Integration not found"
    assert platform.refused("code", *whose) == "Integration not found"


def test_a_code_is_fresh_at_every_call(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    client_id = make_integration("--redirect-uri", REDIRECT_URI)["client_id"]
    whose = ("--account", "acme", "--integration", client_id)
    first = platform.json("code", *whose)
    second = platform.done("code", *whose).strip()

    assert first["code"].startswith("def502")
    assert second.startswith("def502")
    assert first["code"] != second


def test_a_code_needs_a_redirect_url_and_the_error_says_so(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    whose = ("--account", "acme", "--integration", make_integration()["client_id"])

    assert "redirect URL" in platform.refused("code", *whose)


REFUSED_HOOKS = {
    "https://hooks.example.org:25/off": "use one of the ports 80, 443, 8080, 8443",
    "https://10.0.0.1/off": "use an address that is reachable from everywhere",
    "http://localhost:9000/off": "it must begin with https://",
}


def test_a_hook_that_could_not_be_called_is_not_kept(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration()["client_id"]
    edit = ("integration", "edit", made, "--account", "acme", "--revoke-hook-uri")
    create = ("integration", "create", "--account", "acme", "--revoke-hook-uri")
    own = platform.json("integration", "list", "--account", "acme")
    for uri, problem in REFUSED_HOOKS.items():
        assert platform.refused(*edit, uri) == f"revoke_hook_uri: {problem}"
        assert platform.refused(*create, uri) == f"revoke_hook_uri: {problem}"

    assert platform.json("integration", "list", "--account", "acme") == own
    kept = platform.json(*edit, "https://hooks.example.org:8443/off")
    assert kept["revoke_hook_uri"] == "https://hooks.example.org:8443/off"


def test_sent_calls_are_listed_newest_first_with_secrets_hidden(
    platform: CommandLine, make_integration: MakeIntegration
) -> None:
    made = make_integration("--revoke-hook-uri", "https://hooks.example.org/off")["client_id"]
    other = make_integration()["client_id"]
    calls = ("integration", "calls", made)
    assert platform.done(*calls) == "No call is to be shown.\n"
    whose = ("--account", "acme", "--integration", made)
    for _ in range(2):
        token = platform.json("token", "create", *whose, "--expires", in_days(30))
        platform.done("token", "revoke", str(token["id"]), "--account", "acme")
    newest, oldest = platform.json(*calls)
    table = platform.done(*calls)

    assert table.count("https://hooks.example.org/off") == 2
    assert "client_uuid" not in table
    assert newest["call"] > oldest["call"]
    assert (newest["account"], newest["kind"], newest["state"]) == ("acme", "revoke", "waiting")
    assert newest["address"].startswith(f"https://hooks.example.org/off?client_uuid={made}&")
    assert newest["address"].endswith("&signature=[hidden]")
    assert platform.json(*calls, "--before", str(newest["call"])) == [oldest]
    assert platform.json(*calls, "--limit", "1", "--state", "waiting") == [newest]
    assert platform.json(*calls, "--state", "failed") == []
    assert platform.json("integration", "calls", other) == []
    assert platform.refused("integration", "calls", "nonsense") == "Integration not found"
