"""What becomes of a widget in an account: installed, set up, removed (contract 4.2 to 4.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grantway import audit
from grantway.accounts import service as accounts
from grantway.accounts.actor import Actor
from grantway.audit import Event
from grantway.db import Reader, Transaction
from grantway.hooks import service as hooks
from grantway.hooks.model import Kind, Planned
from grantway.installations import service as installations
from grantway.installing import store
from grantway.installing.errors import (
    NoRoom,
    NotInstallable,
    NotInstalled,
    OfAnotherIntegration,
    WidgetNotFound,
)
from grantway.installing.model import (
    Channel,
    Installation,
    Known,
    State,
    Status,
    settled_status,
)
from grantway.installing.settings import merged
from grantway.installing.store import Here
from grantway.integrations import clients, trials
from grantway.integrations.clients import Client
from grantway.kernel.errors import refuse
from grantway.widgets import service as widgets
from grantway.widgets.service import Widget

MOST_AT_WORK = 100
"""Widgets of one account: each is read for every page of its workspace, which others wait for."""
MOST_WAITING = 50
"""Widgets made in an account that its page offers to install; the control origin lists all."""


async def installable(reader: Reader, actor: Actor, client_id: str) -> Widget:
    """Return the widget of an integration that may be installed in the actor's account.

    What is published; in the account that made it also a private one and a
    draft, or what was hidden; what is tried, where it is tried (S-147). Raises
    WidgetNotFound for what the account must not know of, else NotInstallable.
    """
    client = await clients.find_client(reader, client_id)
    here = {actor.account_id}
    tried_in = await trials.tried_in(reader, client_id, actor.user_id, here)
    if client is None or not clients.may_be_authorized_in(client, actor.account_id, tried_in):
        raise WidgetNotFound
    widget = await widgets.in_force(reader, client_id, at=actor.account_id, by=actor.user_id)
    if widget is None:
        raise NotInstallable("The integration has no widget, so it is not installed this way")
    if not widget.manifest.installation:
        raise NotInstallable("The widget is set up elsewhere and is not installed")
    return widget


async def must_have_room(reader: Reader, actor: Actor) -> None:
    """Raise NoRoom when as many widgets work in the account as its pages can host."""
    if await store.count_with_widget(reader, actor.account_id) >= MOST_AT_WORK:
        raise NoRoom(MOST_AT_WORK)


async def offers(reader: Reader, actor: Actor, client_id: str) -> bool:
    """Tell whether the integration may be installed in the actor's account as a widget."""
    try:
        await installable(reader, actor, client_id)
    except (WidgetNotFound, NotInstallable):
        return False
    return True


async def waiting(reader: Reader, actor: Actor) -> list[tuple[str, State]]:
    """Return what was made in the actor's account, has a widget, and is not installed there.

    Each with its name, the newest first, and `MOST_WAITING` of them at most.
    Empty for whoever may not install it.
    """
    if not actor.is_administrator:
        return []
    rows = await store.list_waiting(reader, actor.account_id, MOST_WAITING)
    names = {row.client_id: row.name for row in rows}
    return [
        (names[one.widget.client_id], one)
        for one in await _states(reader, actor, rows)
        if one.widget.manifest.installation
    ]


async def install(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    *,
    channel: Channel,
    now: int,
    settings: Mapping[str, Any] | None = None,
    agreed_scopes: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Installation:
    """Install the widget; whoever asks a second time gets what is there.

    A new installation tells its integration, once, after the commit. With
    *settings* they are saved as well, and it counts as set up. *agreed_scopes*
    are what a page has shown, without one the integration's own. *details* go
    into the audit. For administrators. Raises what `installable` raises, and
    Invalid for settings that do not fit.
    """
    actor.must_administer()
    live = await installations.find_live(tx, actor.account_id, client_id)
    if live is not None:
        if settings is not None:
            return await save_settings(tx, actor, client_id, settings, now)
        return Installation(live.id, Status(live.status))
    widget = await installable(tx, actor, client_id)
    await must_have_room(tx, actor)
    status = Status.NOT_CONFIGURED if widget.manifest.settings else Status.INSTALLED
    made = await installations.begin(
        tx,
        actor,
        client_id,
        now,
        status=status,
        channel=channel,
        on_install_due=True,
        details={"channel": channel, "version": widget.number, **(details or {})},
    )
    if made.is_new:
        await _plan_install_hook(tx, actor, client_id, made.id, agreed_scopes, now)
    if settings is not None:
        saved = await save_settings(tx, actor, client_id, settings, now)
        return msgspec.structs.replace(saved, is_new=made.is_new)
    return Installation(made.id, status, made.is_new)


async def _plan_install_hook(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    installation_id: int,
    agreed_scopes: str | None,
    now: int,
) -> None:
    """Plan to tell the integration; what the call carries is made when it is claimed."""
    client = await clients.find_client(tx, client_id)
    if client is None or client.redirect_uri is None:
        return  # nothing is registered to be told at, and its Keys tab says so
    planned = Planned(
        account_id=actor.account_id,
        client_id=client_id,
        kind=Kind.INSTALL,
        uri=client.redirect_uri,
    )
    hook_id = await hooks.plan(tx, planned, now)
    await installations.note_hook(
        tx,
        actor.account_id,
        installation_id,
        hook_id=hook_id,
        agreed_scopes=client.scopes if agreed_scopes is None else agreed_scopes,
    )


async def save_settings(
    tx: Transaction, actor: Actor, client_id: str, sent: Mapping[str, Any], now: int
) -> Installation:
    """Keep what the widget's form says; from then on the widget counts as set up.

    For administrators, of an installation that there is. Raises NotInstalled,
    and Invalid naming each field.
    """
    actor.must_administer()
    live = await installations.find_live(tx, actor.account_id, client_id)
    widget = (
        None
        if live is None
        else await widgets.in_force(tx, client_id, at=actor.account_id, by=actor.user_id)
    )
    if live is None or widget is None:
        raise NotInstalled
    # First, so that those who save at once take turns and keep what the other one saved.
    await installations.set_status(tx, actor.account_id, live.id, Status.INSTALLED)
    saved = await _settings(tx, actor.account_id, client_id)
    # Nobody ever leaves this list: whose access ends is deactivated.
    user_ids = await accounts.user_groups(tx, actor.account_id)
    settings, violations = merged(widget.manifest.settings, saved, sent, user_ids)
    refuse([("0", violations)])
    await store.put_settings(
        tx,
        actor.account_id,
        client_id,
        msgspec.json.encode(settings).decode(),
        actor.user_id,
        now,
    )
    await audit.record(tx, actor.did(Event.WIDGET_CONFIGURED, at=now, subject=client_id))
    return Installation(live.id, Status.INSTALLED)


async def claim_on_install(tx: Transaction, actor: Actor, client_id: str) -> bool:
    """Tell whether the page that asks is the one to call the widget's `onInstall`.

    True once for each installation (contract 3.3). For administrators.
    """
    actor.must_administer()
    return await installations.claim_on_install(tx, actor.account_id, client_id)


async def uninstall(
    tx: Transaction,
    actor: Actor,
    client_id: str,
    now: int,
    *,
    channel: Channel = Channel.UI,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """End the installation with everything that hangs on it; False when there is none.

    What the widget was set up with is kept for the next time (contract 4.3).
    """
    return await installations.uninstall(
        tx, actor, client_id, now, details={"channel": channel, **(details or {})}
    )


async def state(reader: Reader, account_id: int, widget: Widget) -> State:
    """Return what the account has of a widget."""
    return _state(await store.find_here(reader, account_id, widget.client_id), widget)


def _state(here: Here | None, widget: Widget) -> State:
    """Return a state, which a new version with a field that nobody has filled changes (4.7)."""
    stored = None if here is None else here.settings_json
    settings: dict[str, Any] = {} if stored is None else msgspec.json.decode(stored)
    if here is None or here.status is None:
        return State(Status.INSTALL, settings, widget)
    status = Status(here.status)
    if status is Status.INSTALLED:
        status = settled_status(widget.manifest, settings)
    return State(status, settings, widget, here.on_install_due)


async def _states(reader: Reader, actor: Actor, rows: Sequence[Here]) -> list[State]:
    """Return the states of those that have a widget in force, in the order of the rows."""
    ids = [row.client_id for row in rows]
    found = await widgets.in_force_among(reader, ids, at=actor.account_id, by=actor.user_id)
    return [_state(row, found[row.client_id]) for row in rows if row.client_id in found]


async def at_work(reader: Reader, actor: Actor) -> list[State]:
    """Return the widgets that are installed in the actor's account; all its users may know.

    The first `MOST_AT_WORK`, if others came in by consent.
    """
    rows = await store.list_with_widget(reader, actor.account_id, MOST_AT_WORK)
    return await _states(reader, actor, rows)


async def known(reader: Reader, actor: Actor, limit: int, offset: int) -> list[Known]:
    """Return a page of the widgets that the account may know of, for the API (contract 4.4)."""
    rows = await store.list_known(reader, actor, limit, offset)
    return await rated(reader, await _states(reader, actor, rows))


async def known_by_code(reader: Reader, actor: Actor, code: str) -> Known:
    """Return one of those; raise WidgetNotFound."""
    widget = await widgets.of_code(reader, code, at=actor.account_id, by=actor.user_id)
    client = None if widget is None else await clients.find_client(reader, widget.client_id)
    if widget is None or client is None or not await _may_know(reader, actor, client):
        raise WidgetNotFound
    (known_,) = await rated(reader, [await state(reader, actor.account_id, widget)])
    return known_


async def rated(reader: Reader, found: Sequence[State]) -> list[Known]:
    """Return widgets with what their ratings come to."""
    ids = [one.widget.client_id for one in found]
    rated = {one.client_id: one for one in await store.list_rated(reader, ids)} if ids else {}
    stars = {key: one.rating_sum / one.rating_count for key, one in rated.items()}
    return [Known(one, stars.get(one.widget.client_id)) for one in found]


async def _may_know(reader: Reader, actor: Actor, client: Client) -> bool:
    if await installations.find_live(reader, actor.account_id, client.client_id) is not None:
        return True
    here = {actor.account_id}
    tried_in = await trials.tried_in(reader, client.client_id, actor.user_id, here)
    return clients.may_be_authorized_in(client, actor.account_id, tried_in)


async def must_be_allowed(reader: Reader, actor: Actor, client_id: str) -> None:
    """Raise OfAnotherIntegration for a token that is to install what is not its own.

    Narrower than the dialect on purpose, unless the account opens it (contract 5.4 row 9).
    """
    if actor.client_id == client_id:
        return
    if not await store.may_install_others(reader, actor.account_id):
        raise OfAnotherIntegration


async def may_install_others(reader: Reader, account_id: int) -> bool:
    """Tell whether tokens of one integration may install others in the account."""
    return await store.may_install_others(reader, account_id)


async def let_install_others(tx: Transaction, actor: Actor, now: int, *, allowed: bool) -> bool:
    """Keep the account's rule; False when it was that already. For administrators."""
    actor.must_administer()
    if await store.may_install_others(tx, actor.account_id) == allowed:
        return False
    await store.put_rule(tx, actor.account_id, api_may_install_others=allowed, now=now)
    subject = "allowed" if allowed else "not allowed"
    await audit.record(tx, actor.did(Event.API_INSTALLING_CHANGED, at=now, subject=subject))
    return True


async def _settings(reader: Reader, account_id: int, client_id: str) -> dict[str, Any]:
    found = await store.find_settings(reader, account_id, client_id)
    settings: dict[str, Any] = {} if found is None else msgspec.json.decode(found)
    return settings
