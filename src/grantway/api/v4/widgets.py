"""`/api/v4/widgets`: widgets that the account may know of (widgets-and-marketplace.md 4.4).

Those that install and disable are `closed_to_sessions`: they take bearer tokens
alone, so nothing that a workspace page sends installs anything (5.4 row 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from grantway.accounts import service as accounts
from grantway.api.v4.collection import links
from grantway.asgi.answers import NO_CONTENT, Answer, hal
from grantway.asgi.bodies import Body
from grantway.asgi.operations import Call, Operation, Parameter
from grantway.asgi.query import page_links
from grantway.asgi.schemas import Links, Single, listed
from grantway.db import Database, Reader
from grantway.installing import service as installing
from grantway.installing.errors import NotInstalled
from grantway.installing.model import Channel, Known, Status
from grantway.installing.wording import Texts, said
from grantway.kernel.errors import Violation
from grantway.kernel.shapes import Shape

PATH = "/api/v4/widgets"
_CODE = Parameter("code", "The widget's code.", {"type": "string"}, "p4rcel1tracker22")
_NOT_FOUND = "There is no such widget, or the account may not know of it."
_OWN_ALONE = (
    "A token installs and removes the widget of its own integration. With others it may do so "
    "only where the account's operator has allowed it."
)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the widget's form."""

    key: str
    name: str
    type: str
    is_required: bool


class WidgetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A widget. *settings* are there for the integration that it belongs to alone."""

    id: int
    code: str
    version: str
    rating: str
    settings_template: list[Field]
    is_lead_source: bool
    is_work_with_dp: bool
    is_crm_template: bool
    client_uuid: str | None
    is_active_in_account: bool
    pipeline_id: int | None
    settings: dict[str, Any] | UnsetType = UNSET
    _links: Links


class SentSettings(Shape):
    """Values by the codes of the widget's own fields, which its manifest names."""

    def __init__(self) -> None:
        super().__init__({})

    def read(self, raw: dict[str, Any], path: str, violations: list[Violation]) -> dict[str, Any]:  # noqa: ARG002  # as of every shape
        """Return what was sent; the widget's manifest says later what of it fits."""
        return raw

    def schema(self) -> dict[str, Any]:
        """Describe an object whose members are each widget's own."""
        return {
            "type": "object",
            "properties": {},
            "additionalProperties": True,
            "description": "Values by the `key` of the widget's `settings_template`: texts, and "
            "for fields of users an object by user id.",
        }


_SHOWN = WidgetShown(
    id=1,
    code="p4rcel1tracker22",
    version="1.4.0",
    rating="4,8",
    settings_template=[Field(key="depot", name="Depot", type="text", is_required=True)],
    is_lead_source=False,
    is_work_with_dp=False,
    is_crm_template=False,
    client_uuid="0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810",
    is_active_in_account=True,
    pipeline_id=None,
    _links={"self": {"href": "https://acme.example.com/api/v4/widgets/p4rcel1tracker22"}},
)


def operations(db: Database) -> list[Operation]:
    """Return the rows of the table."""
    door = Door(db)
    return [
        Operation(
            method="GET",
            path=PATH,
            call=door.list_widgets,
            scope="crm",
            tag="Widgets",
            summary="List widgets",
            about=(
                "Widgets of published integrations, of what is installed in the account, and of "
                "what was made there, the oldest first."
            ),
            returns={200: listed("widgets", WidgetShown, _SHOWN), 204: None},
        ),
        Operation(
            method="GET",
            path=f"{PATH}/{{code}}",
            call=door.get_widget,
            scope="crm",
            tag="Widgets",
            summary="Get one widget",
            about="One widget. Its own integration reads its `settings` as well.",
            parameters=[_CODE],
            returns={200: Single(WidgetShown, _SHOWN)},
            refuses={404: _NOT_FOUND},
        ),
        Operation(
            method="POST",
            path=f"{PATH}/{{code}}",
            call=door.add_widget,
            scope="crm",
            for_administrators=True,
            closed_to_sessions=True,
            tag="Widgets",
            summary="Install or set up a widget",
            about=(
                "Installs the widget, if it is not, and saves its settings. What is not sent stays "
                f"as it was saved before. {_OWN_ALONE}"
            ),
            parameters=[_CODE],
            body=Body(shape=SentSettings(), many=False, example={"depot": "North"}),
            returns={200: Single(WidgetShown, _SHOWN)},
            refuses={404: _NOT_FOUND, 422: "The integration cannot be installed."},
        ),
        Operation(
            method="DELETE",
            path=f"{PATH}/{{code}}",
            call=door.remove_widget,
            scope="crm",
            for_administrators=True,
            closed_to_sessions=True,
            tag="Widgets",
            summary="Disable a widget",
            about=(
                "Uninstalls its integration: all that it was given in the account ends, also this "
                f"very token if it is its own. Its settings are kept. {_OWN_ALONE}"
            ),
            parameters=[_CODE],
            returns={204: None},
            refuses={404: f"{_NOT_FOUND} Or it is not installed."},
        ),
    ]


@dataclass(frozen=True, slots=True)
class Door:
    """What the rows call."""

    db: Database

    async def list_widgets(self, call: Call) -> Answer:
        query = call.query
        async with self.db.read() as reader:
            offset = (query.page - 1) * query.limit
            found = await installing.known(reader, call.actor, query.limit + 1, offset)
            texts = await _texts(reader, call)
            shown = [await _shown(call, one, texts) for one in found[: query.limit]]
        if not shown:
            return NO_CONTENT
        return hal(
            {
                "_page": query.page,
                "_links": page_links(call.origin + PATH, query, more=len(found) > query.limit),
                "_embedded": {"widgets": shown},
            }
        )

    async def get_widget(self, call: Call) -> Answer:
        async with self.db.read() as reader:
            found = await installing.known_by_code(reader, call.actor, call.names["code"])
            return hal(await _shown(call, found, await _texts(reader, call)))

    async def add_widget(self, call: Call) -> Answer:
        (item,) = call.items
        async with self.db.write() as tx:
            found = await installing.known_by_code(tx, call.actor, call.names["code"])
            client_id = found.state.widget.client_id
            await installing.must_be_allowed(tx, call.actor, client_id)
            await installing.install(
                tx,
                call.actor,
                client_id,
                channel=Channel.API,
                now=call.now,
                settings=item.values,
            )
            found = await installing.known_by_code(tx, call.actor, call.names["code"])
            return hal(await _shown(call, found, await _texts(tx, call)))

    async def remove_widget(self, call: Call) -> Answer:
        async with self.db.write() as tx:
            found = await installing.known_by_code(tx, call.actor, call.names["code"])
            client_id = found.state.widget.client_id
            await installing.must_be_allowed(tx, call.actor, client_id)
            if not await installing.uninstall(
                tx, call.actor, client_id, call.now, channel=Channel.API
            ):
                raise NotInstalled
        return NO_CONTENT


async def _texts(reader: Reader, call: Call) -> Texts:
    account = await accounts.account_by_id(reader, call.account_id)
    return Texts(reader, [account.language])


async def _shown(call: Call, found: Known, texts: Texts) -> WidgetShown:
    state, widget = found.state, found.state.widget
    fields = widget.manifest.settings
    told = await texts.of(widget) if fields else {}
    is_own = call.actor.client_id == widget.client_id
    areas = widget.manifest.areas
    return WidgetShown(
        id=widget.id,
        code=widget.code,
        version=widget.manifest.version,
        rating=_rating(found.stars),
        settings_template=[
            Field(
                key=one.code,
                name=said(told, one.name),
                type=one.type,
                is_required=one.is_required,
            )
            for one in fields
        ],
        is_lead_source="lead_sources" in areas,
        is_work_with_dp="digital_pipeline" in areas,
        is_crm_template=False,
        client_uuid=widget.client_id,
        is_active_in_account=state.status is not Status.INSTALL,
        pipeline_id=None,
        settings=dict(state.settings) if is_own else UNSET,
        _links=links(f"{call.origin}{PATH}/{widget.code}"),
    )


def _rating(stars: float | None) -> str:
    """Return a mean as the dialect writes it.

    >>> _rating(4.75), _rating(None)
    ('4,8', '0')
    """
    return "0" if stars is None else f"{stars:.1f}".replace(".", ",")
