"""The REST API of version 4: one file per resource, each a table of operations."""

from grantway.api.v4 import (
    companies,
    complex_leads,
    contacts,
    custom_fields,
    events,
    leads,
    links,
    loss_reasons,
    notes,
    pipelines,
    roles,
    stages,
    tags,
    tasks,
    users,
    webhooks,
    widgets,
)
from grantway.api.v4.account import Account
from grantway.asgi.operations import Operation
from grantway.db import Database
from grantway.hooks.addresses import Rules
from grantway.kernel.sealing import Seal


def operations(db: Database, rules: Rules, seal: Seal) -> list[Operation]:
    """Return every operation of the API, in the order of its reference.

    *rules* say which addresses may be subscribed; *seal* keeps what signs for them.
    """
    return [
        *leads.operations(db),
        *complex_leads.operations(db),
        *contacts.operations(db),
        *companies.operations(db),
        *links.operations(db),
        *notes.operations(db),
        *tasks.operations(db),
        *pipelines.operations(db),
        *stages.operations(db),
        *loss_reasons.operations(db),
        *events.operations(db),
        *tags.operations(db),
        *custom_fields.operations(db),
        *Account(db).operations(),
        *users.operations(db),
        *roles.operations(db),
        *webhooks.operations(db, rules, seal),
        *widgets.operations(db),
    ]
