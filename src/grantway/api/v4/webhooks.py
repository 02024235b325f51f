"""`/api/v4/webhooks`: who is told what happens to the account's data (contract: api-v4.md 3.12)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from grantway.api.v4.resources import ALL, Asked, Resource
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.schemas import Single
from grantway.crm.webhooks import service
from grantway.crm.webhooks.model import (
    DEFAULT_SORT,
    MAX_WEBHOOKS,
    NAMED_WEBHOOK,
    NEW_WEBHOOK,
    Webhook,
    wanted_of,
)
from grantway.db import Database, Reader
from grantway.hooks.addresses import Rules
from grantway.integrations.rules import hook_problem
from grantway.kernel.errors import Violation, field_missing, refuse
from grantway.kernel.sealing import Seal

PATH = "/api/v4/webhooks"
_DESTINATION = "https://hook.example.org/in"
_EXAMPLE = Webhook(
    account_id=1,
    id=6001,
    destination=_DESTINATION,
    receiver="hook.example.org:443",
    events="add_lead status_lead",
    sort=DEFAULT_SORT,
    is_disabled=False,
    enabled_at=1_700_000_400,
    former_until=None,
    created_at=1_700_000_400,
    created_by=4401,
    client_id=None,
    updated_at=1_700_000_400,
)


class WebhookShown(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription. Clients know these members and no others."""

    id: int
    destination: str
    created_at: int
    updated_at: int
    account_id: int
    created_by: int
    sort: int
    disabled: bool
    settings: list[str]


def shown(webhook: Webhook, _asked: Asked | None = None) -> WebhookShown:
    """Return the subscription as the API prints it."""
    return WebhookShown(
        id=webhook.id,
        destination=webhook.destination,
        created_at=webhook.created_at,
        updated_at=webhook.updated_at,
        account_id=webhook.account_id,
        created_by=webhook.created_by,
        sort=webhook.sort,
        disabled=webhook.is_disabled,
        settings=webhook.settings,
    )


def operations(db: Database, rules: Rules, seal: Seal) -> list[Operation]:
    """Return the rows of the table."""
    door = Door(db, rules, seal)
    webhooks = Resource(
        db=db,
        path=PATH,
        one="webhook",
        many="webhooks",
        embedded="webhooks",
        tag="Webhooks",
        scope="crm",
        for_administrators=ALL,
        shown=shown,
        example=_EXAMPLE,
        ids=[],
        closed_to_sessions=ALL,
    )
    return [
        webhooks.list_whole(
            _list,
            summary="List webhooks",
            about="All webhooks of the account in their order, or the one to an address.",
            parameters=[
                Parameter(
                    "filter[destination]",
                    "Exactly this address.",
                    {"type": "string"},
                    _DESTINATION,
                )
            ],
        ),
        Operation(
            method="POST",
            path=PATH,
            call=door.add_webhook,
            scope="crm",
            for_administrators=True,
            closed_to_sessions=True,
            tag="Webhooks",
            summary="Subscribe an address",
            about=(
                "Tells the address what happens from now on, one event with one entity in each "
                "request. The same address again replaces its subscription, and switches it on "
                "when bad answers had switched it off."
            ),
            body=Body(
                shape=NEW_WEBHOOK,
                many=False,
                example={
                    "destination": _DESTINATION,
                    "settings": ["add_lead", "status_lead"],
                    "sort": DEFAULT_SORT,
                },
            ),
            returns={200: Single(WebhookShown, shown(_EXAMPLE))},
            refuses={422: f"The account has {MAX_WEBHOOKS} webhooks."},
        ),
        Operation(
            method="DELETE",
            path=PATH,
            call=door.remove_webhook,
            scope="crm",
            for_administrators=True,
            closed_to_sessions=True,
            tag="Webhooks",
            summary="Unsubscribe an address",
            about="Tells the address nothing more. The request has a body, with the address.",
            body=Body(shape=NAMED_WEBHOOK, many=False, example={"destination": _DESTINATION}),
            returns={204: None},
            refuses={404: "The account has no webhook to this address."},
        ),
    ]


async def _list(reader: Reader, call: Call) -> list[Webhook]:
    asked = call.query.filter("destination")
    texts = asked.texts() if asked is not None else []
    return await service.list_webhooks(reader, call.actor, texts[-1] if texts else None)


@dataclass(frozen=True, slots=True)
class Door:
    """Subscribes and unsubscribes."""

    db: Database
    rules: Rules
    seal: Seal

    async def add_webhook(self, call: Call) -> Answer:
        """Judge the address, as forms do with those of integrations, and keep it."""
        (item,) = call.items
        wanted = wanted_of(item.values)
        faults = [] if wanted.settings else [field_missing("settings")]
        if problem := hook_problem(wanted.destination, self.rules):
            said = f"{problem[:1].upper()}{problem[1:]}."
            faults.append(Violation("NotSupportedChoice", "destination", said))
        refuse([(item.request_id, faults)])
        receiver = self.rules.must_be_callable(wanted.destination).name
        async with self.db.write() as tx:
            webhook = await service.subscribe(tx, call.actor, wanted, receiver, self.seal, call.now)
        return hal(shown(webhook))

    async def remove_webhook(self, call: Call) -> Answer:
        """End the subscription."""
        (item,) = call.items
        async with self.db.write() as tx:
            await service.unsubscribe(tx, call.actor, item.values["destination"], call.now)
        return NO_CONTENT
