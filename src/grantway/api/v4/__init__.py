"""The REST API of version 4: one file per resource, each a table of operations."""

from grantway.api.v4.account import Account
from grantway.api.v4.custom_fields import CustomFields
from grantway.api.v4.leads import Leads
from grantway.api.v4.loss_reasons import LossReasons
from grantway.api.v4.pipelines import Pipelines
from grantway.api.v4.stages import Stages
from grantway.api.v4.tags import Tags
from grantway.api.v4.users import Users
from grantway.asgi.operations import Operation
from grantway.db import Database


def operations(db: Database) -> list[Operation]:
    """Return every operation of the API, in the order of its reference."""
    resources = (
        Leads(db),
        Pipelines(db),
        Stages(db),
        LossReasons(db),
        Tags(db),
        CustomFields(db),
        Account(db),
        Users(db),
    )
    return [operation for resource in resources for operation in resource.operations()]
