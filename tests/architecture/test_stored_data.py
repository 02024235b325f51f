"""Who may write which table, and that tenants never mix."""

from collections import defaultdict
from pathlib import Path

from tests.architecture.sql_in_source import UNKNOWN, forgets_account, tables, tables_with, texts

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "grantway"
MIGRATIONS = "\n".join(
    path.read_text() for path in sorted((SOURCE / "db" / "migrations").glob("*.sql"))
)

# Tables whose account_id only says where something happens: their rows belong to a person,
# or are found by a secret that nobody can guess.
NO_TENANT_DATA = {
    "sessions": "belong to a person, who may be in several accounts",
    "authorization_codes": "found by their secret; redeeming compares the account as well",
    "workspace_tickets": "found by their secret; claiming one compares the account as well",
    "ratings": "belong to a person, and everybody may read them",
    "notices": "belong to a person, who may be in several accounts",
    "install_intents": "belong to a person in one session, who may be in several accounts",
}

# Store functions that read or change rows of every account, each with its reason.
ACROSS_ACCOUNTS = {
    "accounts.store.list_accounts_of_user": "a person chooses among the accounts they are in",
    "accounts.store.list_places": "the operator deactivates a person in all their accounts at once",
    "crm.changes.store.list_accounts_with_older": "the worker sweeps one account after another",
    "crm.webhooks.queue_store.has_due": "the worker sends the deliveries of all accounts",
    "crm.webhooks.queue_store.let_due_wait": "the worker sends the deliveries of all accounts",
    "crm.webhooks.queue_store.list_receivers": "the worker sends the deliveries of all accounts",
    "crm.webhooks.queue_store.list_waiting": "the worker lets accounts take turns",
    "crm.webhooks.log_store.list_accounts_with": "the worker sweeps one account after another",
    "crm.webhooks.log_store.sweep_old": "what is long over is removed, whosever it was",
    "hooks.store.list_destinations": "the worker sends the calls of all accounts",
    "hooks.store.list_waiting": "the worker lets accounts take turns",
    "hooks.store.list_lost": "what a process did not live to finish, whosever it was",
    "hooks.store.mark_unknown": "what a process did not live to finish, whosever it was",
    "hooks.store.sweep_deliveries": "what is long over is removed, whosever it was",
    "installations.store.list_accounts_with": "the operator sees where an integration works",
    "installations.store.count_accounts_with": "an integrator sees how many use what they made",
    "installations.store._is_deleted": "what is installed was made in another account",
    "installations.store.list_live_of_disabled": "a disabled integration ends in every account",
    "integrations.store.find_client": "a client names itself, before anybody knows an account",
    "integrations.store.find_presented": "users of any account may be asked for consent",
    "integrations.text_store.find_description": "a widget is described where it is installed",
    "integrations.signing_store.find_sealed_secret": "signs calls to the integration's own address",
    "integrations.signing_store.forget_secret_of": "the integration is deleted, whosever it was",
    "integrations.signing_store.forget_secrets": "the worker wipes what no hook waits for",
    "integrations.store.find_of_any_account": "the operator has an id and looks whose it is",
    "integrations.store.lock_of_any_account": "the operator moves any account's integration",
    "integrations.trial_store.list_live_of": "a verdict ends all trials, whosever they are",
    "integrations.trial_store.find_live": "a moderator finds the account that was made for them",
    "integrations.trial_store.list_live_of_user": "a moderator who goes leaves no trial behind",
    "integrations.trial_store.list_due": "the worker ends trials whose time is over",
    "integrations.button_store.list_overdue": "what a process did not live to finish",
    "integrations.button_store.forget_refused": "nobody of any account ever had their keys",
    "integrations.state_store.change_status": "the operator publishes what others made",
    "integrations.state_store.disable": "the operator stops an integration everywhere at once",
    "integrations.state_store.enable": "the operator lets it work again",
    "accounts.store.find_former_holder": "whose a name was is asked before anybody gets it",
    "marketplace.count_store.count_again": "lists tell everybody how many have an integration",
    "marketplace.count_store.count_live": "lists tell everybody how many have an integration",
    "marketplace.listing_store.find_shown": "everybody may look at what is listed",
    "marketplace.listing_store.list_listed": "everybody may look at what is listed",
    "marketplace.listing_store.list_of_category": "everybody may look at what is listed",
    "marketplace.listing_store.list_shown": "everybody may look at what is listed",
    "marketplace.listing_store.list_shown_languages": "everybody may look at what is listed",
    "marketplace.published_store.find_published": "moderators look at what all accounts publish",
    "marketplace.published_store.list_published": "moderators look at what all accounts publish",
    "marketplace.published_store.list_called": "moderators look at what all accounts publish",
    "marketplace.search_store.list_found": "everybody may look at what is listed",
    "marketplace.count_store._list_days": "an integrator sees how many use what they made",
    "moderation.queue_store.list_waiting": "moderators decide about versions of all accounts",
    "moderation.technical_store.list_due": "the worker ends and renews what is due, whosever it is",
    "pictures.store.find_content": "who knows a picture's content hash may see it",
    "pictures.store.list_stored": "found by content hash; the same content is the same everywhere",
    "pictures.store.sweep_unused": "what nothing uses is removed, whosever it was",
    "widgets.store.find_by_code": "found by its code; who may see it is decided by the account",
    "widgets.file_store.find_file": "found by its code; who may read it is decided by the account",
    "widgets.store.find_in_force": "what is published works in every account",
    "widgets.store.list_in_force": "what is published works in every account",
    "widgets.store.list_accounts_with_unused": "the worker sweeps one account after another",
    "widgets.file_store.list_accounts_with_unused": "the worker sweeps one account after another",
    "notices.store.count_unseen": "a person is told as somebody of all their accounts",
    "notices.store.find_notice": "a person is told as somebody of all their accounts",
    "notices.store.list_notices": "a person is told as somebody of all their accounts",
    "notices.store.list_notices_after": "a person is told as somebody of all their accounts",
    "oauth.code_store.find_code": "found by its secret; the installation is joined by its account",
    "oauth.shown_store.list_of_user": "a person sees what they granted in all their accounts",
    "oauth.grant_store.list_accounts_with_families": "each account is told what a new key ended",
}


def _package(path: Path) -> str:
    """Return the domain package that *path* belongs to: `oauth`, or `crm.leads`."""
    parts = path.relative_to(SOURCE).parent.parts
    return ".".join(parts[:2] if parts[0] == "crm" else parts[:1])


def _is_store(path: Path) -> bool:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return "store" in parts or path.stem.endswith("_store")


def _sources() -> list[Path]:
    return [
        path for path in sorted(SOURCE.rglob("*.py")) if path.relative_to(SOURCE).parts[0] != "db"
    ]


def test_a_table_is_written_only_by_its_owner() -> None:
    writers: dict[str, set[str]] = defaultdict(set)
    for path in _sources():
        for text in texts(path.read_text()):
            for table in text.writes() & tables(MIGRATIONS):
                writers[table].add(_package(path))

    assert {table: packages for table, packages in writers.items() if len(packages) > 1} == {}


def test_every_table_has_an_owner() -> None:
    written = {
        table for path in _sources() for text in texts(path.read_text()) for table in text.writes()
    }
    owned_by_db = {"id_series"}

    assert tables(MIGRATIONS) - written - owned_by_db == set()


def test_statements_stand_in_stores_alone() -> None:
    known = tables(MIGRATIONS)
    outside = [path for path in _sources() if not _is_store(path)]
    writing = {
        str(path.relative_to(SOURCE))
        for path in outside
        for text in texts(path.read_text())
        if text.writes() & known
    }
    reading = {
        str(path.relative_to(SOURCE))
        for path in outside
        for text in texts(path.read_text())
        if text.is_statement() and text.touches(known)
    }

    assert writing == set()
    assert reading == set()


def test_a_statement_names_the_table_that_it_writes() -> None:
    unnamed = {
        f"{path.relative_to(SOURCE)}:{text.line}"
        for path in _sources()
        for text in texts(path.read_text())
        if UNKNOWN in text.writes()
    }

    assert unnamed == set()


def test_a_store_function_that_touches_an_accounts_data_takes_the_account() -> None:
    tenant_tables = set(tables_with("account_id", MIGRATIONS)) - set(NO_TENANT_DATA)
    forgetful = {
        f"{'.'.join(path.relative_to(SOURCE).with_suffix('').parts)}.{function}": touched
        for path in _sources()
        for function, touched in forgets_account(path.read_text(), tenant_tables).items()
    }

    assert {name: t for name, t in forgetful.items() if name not in ACROSS_ACCOUNTS} == {}
    assert set(ACROSS_ACCOUNTS) - set(forgetful) == set(), "these need no exception any more"
