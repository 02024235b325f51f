"""`grantway webhook`: subscriptions and what was told."""

from tests.integration.cli.command_line import CommandLine

ACME = ("--account", "acme")
HOOK = "https://hook.example.org/in"


def test_an_address_is_subscribed_listed_and_removed(platform: CommandLine) -> None:
    events = ("--event", "add_lead", "--event", "status_lead")
    made = platform.json("webhook", "add", HOOK, *ACME, *events)
    again = platform.json("webhook", "add", HOOK, *ACME, "--event", "add_task", "--sort", "3")
    (listed,) = platform.json("webhook", "list", *ACME)

    assert made["settings"] == "add_lead status_lead"
    assert made["signing_secret"].startswith("whsec_")
    assert (again["id"], again["signing_secret"]) == (made["id"], made["signing_secret"])
    assert listed == {name: again[name] for name in again if name != "signing_secret"}
    assert (listed["settings"], listed["sort"], listed["state"]) == ("add_task", 3, "on")
    number = str(made["id"])
    assert platform.json("webhook", "log", number, *ACME) == []
    assert "Nothing was told." in platform.done("webhook", "log", number, *ACME)
    assert platform.refused("webhook", "send-again", number, "1", *ACME) == "Delivery not found"
    assert platform.json("webhook", "remove", number, *ACME) == {"removed": made["id"]}
    assert platform.refused("webhook", "remove", number, *ACME) == "Webhook not found"
    assert platform.json("webhook", "list", *ACME) == []


def test_an_address_that_may_not_be_called_is_refused(platform: CommandLine) -> None:
    said = platform.refused("webhook", "add", "http://a.example/", *ACME, "--event", "add_lead")
    assert said == "destination: it must begin with https://"
    long = f"https://a.example/{'x' * 2_000}"
    said = platform.refused("webhook", "add", long, *ACME, "--event", "add_lead")

    assert said == "destination: use at most 2000 characters"
    assert platform.json("webhook", "list", *ACME) == []
