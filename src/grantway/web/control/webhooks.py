"""*Webhooks*: which addresses are told what happens in the account, and what they answered.

On this origin alone, as a signing secret can be read here (S-139). Contract:
api-v4.md 3.12, 3.13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.crm.webhooks import history, service
from grantway.crm.webhooks.encoding import fields_of
from grantway.crm.webhooks.errors import CannotSendAgain
from grantway.crm.webhooks.model import (
    KEPT,
    MAX_WEBHOOKS,
    MOST_KEPT,
    Attempt,
    Delivery,
    Webhook,
    headers,
    whole_body,
)
from grantway.db import Reader
from grantway.integrations import service as integrations
from grantway.web.control.desk import ACCOUNT, Desk, Place, get, number, post
from grantway.web.control.turning import address, asked_turn, pages
from grantway.web.control.webhook_words import attempt_row, delivery_row, events_in_words
from grantway.web.forms import read_form
from grantway.web.refusals import PageNotFound, go_to
from grantway.web.visits import Visit
from grantway.web.wording import DAY

WEBHOOKS = f"{ACCOUNT}/webhooks"
_ONE = f"{WEBHOOKS}/{{webhook_id}}"
_DELIVERY = f"{_ONE}/deliveries/{{delivery_id}}"
_ON_A_PAGE = 50
_CHOICES = {
    "": "All",
    "waiting": "Waiting",
    "delivered": "Delivered",
    "failed": "Failed",
    "dropped": "Not sent",
}
_NOTICES = {
    "on": "The webhook is on again. What happens from now on is sent.",
    "again": "It is sent once more, within seconds. Reload this page to see the answer.",
    "busy": "It was not sent once more: it is being sent already, or was sent very often.",
    "removed": "The webhook is removed. Nothing more is sent to it.",
}


@dataclass(frozen=True, slots=True)
class WebhookPages:
    """Answer `…/webhooks` and below it, for administrators of the account."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(WEBHOOKS, self.show_all),
            get(_ONE, self.show),
            get(_DELIVERY, self.show_delivery),
            post(f"{_ONE}/enable", self.enable),
            post(f"{_ONE}/remove", self.remove),
            post(f"{_ONE}/secret", self.show_secret),
            post(f"{_ONE}/new-secret", self.renew_secret),
            post(f"{_DELIVERY}/send-again", self.send_again),
        ]

    async def show_all(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            place = await self.desk.place(reader, request, visit)
            context = await self.desk.frame(reader, visit, place, "webhooks")
            found = await service.list_webhooks(reader, place.actor)
            makers = await _makers(reader, place, found)
        context |= {
            "webhooks": [_shown(one, place, makers) for one in found],
            "most": MAX_WEBHOOKS,
            "command": f"grantway webhook add https://hook.example.org/in \\\n"
            f"  --account {place.account.subdomain} --event add_lead",
            "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
        }
        return self.desk.page("control/webhooks.html", context)

    async def show(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            context = await self._window(reader, request, visit)
        return self.desk.page("control/webhook.html", context)

    async def show_delivery(self, request: Request) -> Response:
        async with self.desk.look(request) as (reader, visit):
            place, webhook = await self._open(reader, request, visit)
            delivery_id = number(request.path_params["delivery_id"])
            delivery, attempts = await history.delivery(
                reader, place.actor, webhook.id, delivery_id
            )
            context = await self.desk.frame(reader, visit, place, "webhooks")
            makers = await _makers(reader, place, [webhook])
            people = [one.wanted_by for one in attempts if one.wanted_by is not None]
            names = await accounts.names(reader, people)
        origin = self.desk.services.addresses.origin(place.account.subdomain)
        body = whole_body(delivery.body, place.account.id, place.account.subdomain, origin)
        context |= {
            "webhook": _shown(webhook, place, makers),
            "delivery": delivery_row(delivery) | {"message_id": delivery.message_id},
            "headers": _headers(delivery, attempts),
            "body": body,
            "fields": fields_of(body),
            "attempts": [attempt_row(one, delivery, names) for one in attempts],
            "can_send_again": delivery.state not in {"waiting", "under_way"},
            "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
            "is_refused": request.query_params.get("done") == "busy",
        }
        return self.desk.page("control/webhook_delivery.html", context)

    async def enable(self, request: Request) -> Response:
        """Switch it on again."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            place, webhook = await self._open(tx, request, visit)
            await service.enable(tx, place.actor, webhook.id, self.desk.services.now())
        return go_to(request, f"{_href(place, webhook)}?done=on")

    async def remove(self, request: Request) -> Response:
        """End the subscription."""
        form = await read_form(request)
        async with self.desk.act(request, form) as (tx, visit):
            place, webhook = await self._open(tx, request, visit)
            await service.remove(tx, place.actor, webhook.id, self.desk.services.now())
        return go_to(request, f"{place.href}/webhooks?done=removed")

    async def show_secret(self, request: Request) -> Response:
        """Show the signing secret on this one page; who looked stays in the activity."""
        return await self._with_secret(request, is_new=False)

    async def renew_secret(self, request: Request) -> Response:
        """Make another signing secret and show it; the former one signs as well for a day."""
        return await self._with_secret(request, is_new=True)

    async def _with_secret(self, request: Request, *, is_new: bool) -> Response:
        form = await read_form(request)
        services = self.desk.services
        async with self.desk.act(request, form) as (tx, visit):
            place, webhook = await self._open(tx, request, visit)
            self.desk.must_be_proved(visit, "signing", _href(place, webhook))
            do = service.renew_secret if is_new else service.show_secret
            secret = await do(tx, place.actor, webhook.id, services.seal, services.now())
            context = await self._window(tx, request, visit)
        context |= {"secret": secret, "is_new_secret": is_new}
        return self.desk.page(
            "control/webhook.html", context, headers={"referrer-policy": "no-referrer"}
        )

    async def send_again(self, request: Request) -> Response:
        """Have it sent once more, now."""
        form = await read_form(request)
        delivery_id = number(request.path_params["delivery_id"])
        done = "again"
        async with self.desk.act(request, form) as (tx, visit):
            place, webhook = await self._open(tx, request, visit)
            now = self.desk.services.now()
            try:
                await history.send_again(tx, place.actor, webhook.id, delivery_id, now)
            except CannotSendAgain:
                done = "busy"
        return go_to(request, f"{_href(place, webhook)}/deliveries/{delivery_id}?done={done}")

    async def _open(self, reader: Reader, request: Request, visit: Visit) -> tuple[Place, Webhook]:
        place = await self.desk.place(reader, request, visit)
        webhook_id = number(request.path_params["webhook_id"])
        return place, await service.get(reader, place.actor, webhook_id)

    async def _window(self, reader: Reader, request: Request, visit: Visit) -> dict[str, Any]:
        """Return what the page of one subscription asks for."""
        place, webhook = await self._open(reader, request, visit)
        turn = asked_turn(request)
        state = request.query_params.get("state", "")
        if state not in _CHOICES:
            raise PageNotFound
        context = await self.desk.frame(reader, visit, place, "webhooks")
        found = await history.deliveries(
            reader,
            place.actor,
            webhook.id,
            before_id=turn.before_id,
            after_id=turn.after_id,
            limit=_ON_A_PAGE,
            state=state,
        )
        makers = await _makers(reader, place, [webhook])
        base = _href(place, webhook)
        return context | {
            "webhook": _shown(webhook, place, makers),
            "deliveries": [
                delivery_row(one) | {"href": f"{base}/deliveries/{one.id}"}
                for one in found.deliveries
            ],
            "state": state,
            "choices": [
                {"label": label, "href": address(base, state=choice), "is_current": choice == state}
                for choice, label in _CHOICES.items()
            ],
            "kept_days": KEPT // DAY,
            "most_kept": MOST_KEPT,
            "secret": "",
            "is_new_secret": False,
            "former_until": _still(webhook.former_until, self.desk.services.now()),
            "notice": _NOTICES.get(request.query_params.get("done", ""), ""),
            "page": pages(
                turn, found, count=len(found.deliveries), most=_ON_A_PAGE, base=base, state=state
            ),
        }


async def _makers(reader: Reader, place: Place, found: list[Webhook]) -> Mapping[int, str]:
    """Return who subscribed, by subscription: a person, or an integration that acted for them."""
    people = await accounts.names(reader, [one.created_by for one in found])
    clients = await integrations.names(
        reader, place.actor, [one.client_id for one in found if one.client_id is not None]
    )
    return {
        one.id: clients.get(one.client_id or "", people.get(one.created_by, "Somebody"))
        for one in found
    }


def _href(place: Place, webhook: Webhook) -> str:
    return f"{place.href}/webhooks/{webhook.id}"


def _shown(one: Webhook, place: Place, makers: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "href": _href(place, one),
        "destination": one.destination,
        "receiver": one.receiver.removesuffix(":443"),
        "events": events_in_words(one.settings),
        "names": one.settings,
        "is_disabled": one.is_disabled,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "created_by": makers[one.id],
    }


def _still(until: int | None, now: int) -> int | None:
    return until if until is not None and until > now else None


def _headers(delivery: Delivery, attempts: list[Attempt]) -> dict[str, str]:
    """Return the headers of the last attempt; the signature is made when it is sent."""
    at = attempts[-1].started_at if attempts else delivery.created_at
    return headers(delivery.message_id, at, max(1, delivery.attempts), "v1,…")
