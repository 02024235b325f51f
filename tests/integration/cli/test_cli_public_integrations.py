"""Public integrations by the command line: made, published, stopped everywhere, deleted never."""

import uuid

import pytest

from tests.integration.cli.command_line import CommandLine

COMPLETE = {
    "name": "Parcel tracker",
    "short-description": "Parcels beside your leads",
    "description": "Shows where each parcel is.",
    "instructions": "Press the button on our site.",
    "redirect-uri": "https://parcel.example/agreed",
    "scope": "crm",
    "owner-name": "Dana Labs",
    "owner-uri": "https://parcel.example/",
    "privacy-uri": "https://parcel.example/privacy",
}


def options(fields: dict[str, str]) -> list[str]:
    return [part for name, value in fields.items() for part in (f"--{name}", value)]


@pytest.fixture
def technical(platform: CommandLine) -> str:
    """Create a technical account of the test's own, with an administrator."""
    subdomain = f"labs{len(platform.json('account', 'list'))}"
    platform.done("account", "create", subdomain, "--technical")
    platform.done(
        *("user", "create", f"dana@{subdomain}.example", "--name", "Dana"),
        *("--account", subdomain, "--role", "administrator", "--password-stdin"),
        typed="dana's long password\n",
    )
    return subdomain


@pytest.fixture
def draft(platform: CommandLine, technical: str) -> str:
    make = ("integration", "create", "--public", "--account", technical)
    made: dict[str, str] = platform.json(*make, *options(COMPLETE))
    return made["client_id"]


def status(platform: CommandLine, client_id: str) -> str:
    shown: dict[str, str] = platform.json("integration", "show", client_id)
    return shown["status"]


def test_a_draft_is_made_in_a_technical_account_with_all_its_fields(
    platform: CommandLine, technical: str, draft: str
) -> None:
    shown = platform.json("integration", "show", draft)
    (listed,) = platform.json("integration", "list", "--account", technical)

    assert (shown["kind"], shown["status"], shown["language"]) == ("public", "draft", "en")
    for name, value in COMPLETE.items():
        assert shown[{"scope": "scopes"}.get(name, name.replace("-", "_"))] == value
    assert (shown["has_widget"], shown["first_published"]) == (False, None)
    assert shown["price"] == "free"
    assert (listed["kind"], listed["status"]) == ("public", "draft")
    make = ("integration", "create", "--public", "--name", "Parcels")
    refused = platform.refused(*make, "--account", "acme")
    assert "in a technical account; this is none" in refused
    wrong = platform.refused(*make, "--account", technical, "--owner-uri", "http://a.example/")
    assert wrong == "owner_uri: it must begin with https://"


def test_a_private_one_has_no_fields_of_public_ones(platform: CommandLine, technical: str) -> None:
    make = ("integration", "create", "--account", technical)
    for more in (
        ("--language", "es"),
        ("--no-widget",),
        ("--owner-name", "Dana"),
        ("--price", "free"),
    ):
        assert platform.run(*make, *more).exit_code == 2
    private = platform.json(*make)["client_id"]
    edit = ("integration", "edit", private, "--account", technical)

    error = platform.refused(*edit, "--owner-name", "Dana")
    assert error == "owner_name: only public integrations have it"
    assert platform.run(*make, "--public").exit_code == 2
    assert "owner_name" not in platform.json("integration", "show", private)


def test_it_is_published_taken_back_and_changed_in_between(
    platform: CommandLine, technical: str, draft: str
) -> None:
    edit = ("integration", "edit", draft, "--account", technical)
    platform.json(*edit, "--instructions", "")
    missing = platform.refused("integration", "publish", draft)
    paid = ("--price", "external")
    platform.json(*edit, "--instructions", "Press the button.", "--widget", *paid)
    published = platform.json("integration", "publish", draft)
    again = platform.refused("integration", "publish", draft)
    locked = platform.refused(*edit, "--name", "Parcels")
    strict = platform.json(*edit, "--fidelity", "strict")
    back = platform.json("integration", "unpublish", draft)
    platform.done("integration", "version", "add", draft, "--account", technical)
    same = platform.json(*edit, "--name", "Parcels")

    assert missing == "This draft is not complete. instructions: is missing"
    assert (published["status"], published["has_widget"]) == ("published", True)
    assert published["price"] == "external"
    assert again == "Version 1 is published; there is nothing to publish"
    assert locked.startswith("This version is published; add another version")
    assert (strict["fidelity"], strict["status"]) == ("strict", "published")
    assert (back["status"], same["name"]) == ("draft", "Parcel tracker")
    deleted = platform.refused("integration", "delete", draft, "--account", technical, "--yes")
    assert deleted.startswith("An integration that was published cannot be deleted")
    assert "every account" in platform.done("integration", "publish", draft)
    assert platform.json("integration", "show", draft)["name"] == "Parcels"


def test_a_draft_that_was_never_published_is_deleted(
    platform: CommandLine, technical: str, draft: str
) -> None:
    platform.done("integration", "delete", draft, "--account", technical, "--yes")

    assert platform.refused("integration", "show", draft) == "Integration not found"


def test_it_is_stopped_everywhere_and_let_work_again(platform: CommandLine, draft: str) -> None:
    platform.done("integration", "publish", draft)
    stop = ("integration", "disable", draft, "--reason", "Its keys leaked.")
    stopped = platform.json(*stop)
    shown = platform.json("integration", "show", draft)
    again = platform.done(*stop)
    published = platform.refused("integration", "publish", draft)
    back = platform.json("integration", "enable", draft)

    assert stopped == {"client_id": draft, "status": "disabled", "installations_ended": 0}
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "Its keys leaked.")
    assert "stopped before" in again
    assert f"`grantway integration enable {draft}`" in again
    assert published.startswith("An integration that is disabled")
    assert back["status"] == "published"
    assert "disabled_reason" not in back
    assert platform.refused("integration", "enable", draft).endswith("must be disabled")


def test_stopping_a_private_one_ends_its_installation_and_its_tokens_for_good(
    platform: CommandLine,
) -> None:
    client_id = platform.json("integration", "create", "--account", "acme")["client_id"]
    whose = ("--account", "acme", "--integration", client_id)
    platform.json("token", "create", *whose, "--expires", "2030-01-01")
    stopped = platform.json("integration", "disable", client_id, "--reason", "It was sold.")
    platform.done("integration", "enable", client_id)
    (token,) = platform.json("token", "list", *whose)

    assert stopped["installations_ended"] == 1
    assert status(platform, client_id) == "private"
    assert token["state"] != "live"
    assert platform.json("integration", "show", client_id)["live_grants"] == 0


@pytest.mark.parametrize("move", ["publish", "unpublish", "disable", "enable"])
def test_nothing_is_moved_that_is_not_there(platform: CommandLine, move: str) -> None:
    more = ("--reason", "It was sold.") if move == "disable" else ()
    for client_id in (str(uuid.uuid4()), "nonsense"):
        assert platform.refused("integration", move, client_id, *more) == "Integration not found"


def test_a_stop_without_a_reason_is_no_command(platform: CommandLine, draft: str) -> None:
    assert platform.run("integration", "disable", draft).exit_code == 2
    empty = platform.refused("integration", "disable", draft, "--reason", " ")
    assert empty == "Reason: write 1 to 500 characters"
    assert status(platform, draft) == "draft"


SPANISH = {
    "name": "Paquetes",
    "short-description": "Paquetes junto a sus leads",
    "description": "Muestra dónde está cada paquete.",
    "instructions": "Pulse el botón de nuestro sitio.",
}


def test_a_draft_learns_languages_changes_its_main_one_and_forgets_them(
    platform: CommandLine, technical: str, draft: str
) -> None:
    texts = ("integration", "texts")
    whose = (draft, "--account", technical, "--language")
    written = platform.json(*texts, "set", *whose, "es", *options(SPANISH))
    both = platform.json(*texts, "list", draft)
    swapped = platform.json(*texts, "main", *whose, "es")
    after = platform.json(*texts, "list", draft)
    shown = platform.json("integration", "show", draft)
    platform.done("integration", "publish", draft)
    platform.done("integration", "version", "add", draft, "--account", technical)
    removed = platform.json(*texts, "remove", *whose, "en")

    told = {name.replace("-", "_"): text for name, text in SPANISH.items()}
    assert written == {"language": "es"} | told
    assert [(one["language"], one["is_main"]) for one in both] == [("en", True), ("es", False)]
    assert both[1] == {"language": "es", "is_main": False} | told
    assert swapped == {"client_id": draft, "main": "es"}
    assert [(one["language"], one["is_main"]) for one in after] == [("es", True), ("en", False)]
    assert (shown["language"], shown["name"]) == ("es", "Paquetes")
    assert removed == {"client_id": draft, "removed": "en"}
    assert "Paquetes" in platform.done(*texts, "list", draft)


def test_texts_are_refused_as_on_the_pages(
    platform: CommandLine, technical: str, draft: str
) -> None:
    texts = ("integration", "texts")
    whose = (draft, "--account", technical, "--language")
    spanish = options(SPANISH)
    before = platform.json(*texts, "list", draft)
    too_long = platform.refused(
        *(*texts, "set", *whose, "es"), "--name", "P", "--short-description", "x" * 51
    )
    of_main = platform.refused(*texts, "set", *whose, "en", *spanish)
    unknown = platform.refused(*texts, "remove", *whose, "es")
    only_one = platform.refused(*texts, "remove", *whose, "en")
    unwritten = platform.refused(*texts, "main", *whose, "es")
    foreign = platform.refused(*texts, "set", draft, "--account", "acme", "--language", "es",
                               *spanish)  # fmt: skip
    wrong = platform.run(*texts, "set", *whose, "xx", *spanish)
    platform.done(*texts, "set", *whose, "es", "--name", "Paquetes")
    unfinished = platform.refused("integration", "publish", draft)
    platform.done(*texts, "remove", *whose, "es")
    platform.done("integration", "publish", draft)
    published = platform.refused(*texts, "set", *whose, "es", *spanish)

    assert "short_description" in too_long
    assert "main language" in of_main
    assert unknown == "It has no texts in Español"
    assert "main language cannot be removed" in only_one
    assert "write its texts first" in unwritten
    assert foreign == "Integration not found"
    assert wrong.exit_code == 2
    assert "description.es" in unfinished
    assert "add another version" in published
    assert platform.json(*texts, "list", draft) == before


def test_a_private_integration_has_texts_in_one_language(platform: CommandLine) -> None:
    made = platform.json("integration", "create", "--account", "acme")

    assert platform.refused("integration", "texts", "list", made["client_id"])
