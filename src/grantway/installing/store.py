"""The SQL of what widgets keep in accounts, and of who may install by the API."""

from __future__ import annotations

import msgspec

from grantway.accounts.actor import Actor
from grantway.db import Reader, Transaction


class Here(msgspec.Struct, frozen=True):
    """What an account has of a widget: *status* None while it is not installed."""

    client_id: str
    name: str
    status: str | None
    on_install_due: bool
    settings_json: str | None


class Rated(msgspec.Struct, frozen=True):
    """What the ratings of an integration add up to."""

    client_id: str
    rating_sum: int
    rating_count: int


class Unheard(msgspec.Struct, frozen=True):
    """An installation of which its integration may never have heard."""

    account_id: int
    subdomain: str
    installed_at: int
    call_id: int
    result: str


_HERE = """
select w.client_id, n.name, i.status, coalesce(i.on_install_due, false), s.settings
  from widgets w
  join integrations n on n.client_id = w.client_id
  left join installations i on i.account_id = :account_id and i.client_id = w.client_id
                           and i.ended_at is null
  left join widget_settings s on s.account_id = :account_id and s.client_id = w.client_id
"""
_IS_LIVE = "n.status not in ('disabled', 'deleted')"


async def find_settings(reader: Reader, account_id: int, client_id: str) -> str | None:
    """Return the settings as JSON."""
    found: str | None = await reader.value(
        """
        select settings from widget_settings
         where account_id = :account_id and client_id = :client_id
        """,
        account_id=account_id,
        client_id=client_id,
    )
    return found


async def put_settings(
    tx: Transaction, account_id: int, client_id: str, settings: str, user_id: int, now: int
) -> None:
    """Keep other settings in place of those that are there."""
    await tx.change(
        """
        insert into widget_settings (account_id, client_id, settings, updated_at, updated_by)
        values (:account_id, :client_id, :settings, :now, :user_id)
        on conflict (account_id, client_id) do update
           set settings = :settings, updated_at = :now, updated_by = :user_id
        """,
        account_id=account_id,
        client_id=client_id,
        settings=settings,
        user_id=user_id,
        now=now,
    )


async def find_here(reader: Reader, account_id: int, client_id: str) -> Here | None:
    """Return what the account has of an integration's widget."""
    return await reader.one(
        Here,
        f"{_HERE} where w.client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )


async def list_known(reader: Reader, actor: Actor, limit: int, offset: int) -> list[Here]:
    """Return the widgets that the actor may know of, the oldest first.

    What is published, what is installed here, what was made here, and what the
    actor tries here.
    """
    return await reader.all(
        Here,
        f"""{_HERE}
          left join trial_accounts t on t.account_id = :account_id and t.client_id = n.client_id
                                    and t.ended_at is null
                                    and (t.user_id = :user_id or i.id is not null)
         where coalesce(t.archive_number, n.archive_number) is not null and {_IS_LIVE}
           and (n.account_id = :account_id or n.status = 'published'
                or i.id is not null or t.account_id is not null)
         order by w.id limit :limit offset :offset
        """,
        account_id=actor.account_id,
        user_id=actor.user_id,
        limit=limit,
        offset=offset,
    )


async def list_with_widget(reader: Reader, account_id: int, most: int) -> list[Here]:
    """Return what is installed in the account and has had a widget, as it was installed."""
    return await reader.all(
        Here,
        f"""{_HERE}
         where i.account_id = :account_id and {_IS_LIVE}
         order by i.installed_at, i.id limit :most
        """,
        account_id=account_id,
        most=most,
    )


async def count_with_widget(reader: Reader, account_id: int) -> int:
    """Return how many there are of those."""
    counted: int = await reader.value(
        f"""
        select count(*) from installations i
          join integrations n on n.client_id = i.client_id
          join widgets w on w.client_id = n.client_id
         where i.account_id = :account_id and i.ended_at is null and {_IS_LIVE}
        """,
        account_id=account_id,
    )
    return counted


async def list_waiting(reader: Reader, account_id: int, most: int) -> list[Here]:
    """Return what was made in the account, has a widget and is not installed, the newest first."""
    return await reader.all(
        Here,
        f"""{_HERE}
         where n.account_id = :account_id and n.archive_number is not null and {_IS_LIVE}
           and i.id is null
         order by n.created_at desc, n.client_id limit :most
        """,
        account_id=account_id,
        most=most,
    )


async def list_rated(reader: Reader, client_ids: list[str]) -> list[Rated]:
    """Return the ratings of integrations that are listed and have some."""
    return await reader.all(
        Rated,
        """
        select client_id, max(rating_sum), max(rating_count) from listings
         where client_id in (:client_ids) and rating_count > 0
         group by client_id
        """,
        client_ids=client_ids,
    )


async def may_install_others(reader: Reader, account_id: int) -> bool:
    """Tell whether a token of one integration may install another one here."""
    found = await reader.value(
        "select 1 from install_rules where account_id = :account_id and api_may_install_others",
        account_id=account_id,
    )
    return found is not None


async def put_rule(
    tx: Transaction, account_id: int, *, api_may_install_others: bool, now: int
) -> None:
    """Keep the account's rule."""
    await tx.change(
        """
        insert into install_rules (account_id, api_may_install_others, updated_at)
        values (:account_id, :allowed, :now)
        on conflict (account_id) do update
           set api_may_install_others = :allowed, updated_at = :now
        """,
        account_id=account_id,
        allowed=api_may_install_others,
        now=now,
    )


async def list_unheard(reader: Reader, account_id: int, client_id: str, most: int) -> list[Unheard]:
    """Return live installations of *account_id*'s integration whose install hook was lost.

    The one that got access all the same, by its button or by consent, is none of them.
    """
    return await reader.all(
        Unheard,
        """
        select i.account_id, a.subdomain, i.installed_at, d.id, d.result
          from installations i
          join integrations n on n.client_id = i.client_id
          join deliveries d on d.account_id = i.account_id and d.id = i.hook_id
          join accounts a on a.id = i.account_id
         where i.client_id = :client_id and n.account_id = :account_id and i.ended_at is null
           and d.result in ('failed', 'unknown') and a.status <> 'deleted'
           and not exists (select 1 from grants g
                            where g.account_id = i.account_id and g.installation_id = i.id
                              and g.ended_at is null)
         order by i.installed_at desc, i.account_id limit :most
        """,
        account_id=account_id,
        client_id=client_id,
        most=most,
    )
