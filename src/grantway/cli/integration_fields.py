"""How the commands of `grantway integration` print one."""

from __future__ import annotations

from grantway.accounts.model import Account
from grantway.cli.output import moment
from grantway.integrations.model import Integration


def all_fields(one: Integration, owner: Account) -> dict[str, object]:
    """Return everything but its secret key and where it works."""
    shown: dict[str, object] = {
        "client_id": one.client_id,
        "account": owner.subdomain,
        "name": one.name,
        "description": one.description,
        "kind": one.kind,
        "status": one.status,
        "fidelity": one.fidelity,
        "scopes": one.scopes,
        "redirect_uri": one.redirect_uri,
        "revoke_hook_uri": one.revoke_hook_uri,
        "secret_key_issued": moment(one.secret_issued_at),
        "created": moment(one.created_at),
        "changed": moment(one.updated_at),
    }
    if not one.is_private:
        shown |= {
            "language": one.language,
            "short_description": one.short_description,
            "instructions": one.instructions,
            "owner_name": one.owner_name,
            "owner_uri": one.owner_uri,
            "privacy_uri": one.privacy_uri,
            "has_widget": one.has_widget,
            "price": one.price,
            "first_published": moment(one.published_at),
        }
    if one.is_external:
        shown["secrets_uri"] = one.secrets_uri
    if one.is_disabled:
        shown |= {"disabled": moment(one.disabled_at), "disabled_reason": one.disabled_reason}
    return shown


def row(one: Integration, installed: set[str]) -> dict[str, object]:
    """Return what a list tells; *installed* are the client ids of what works in its account."""
    return {
        "client_id": one.client_id,
        "name": one.name,
        "kind": one.kind,
        "status": one.status,
        "installed": one.client_id in installed,
        "scopes": one.scopes,
        "fidelity": one.fidelity,
        "redirect_uri": one.redirect_uri,
        "created": moment(one.created_at),
    }
