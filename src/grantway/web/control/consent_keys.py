"""Sending the keys of an integration that a button made (authorization.md 10 and 14.3)."""

from __future__ import annotations

import msgspec

from grantway.hooks.model import Answered as Replied
from grantway.hooks.model import Kind, Planned
from grantway.oauth.consent import state_in_words
from grantway.oauth.consent_model import Answered, Made, Reason, Refused
from grantway.web.services import Services


async def send_keys(services: Services, made: Made) -> Answered | Refused:
    """Send the keys first; the code follows only if the receiver took them, with exactly 200.

    Otherwise the new integration ends at once: nobody has its keys.
    """
    proposal = made.question.proposal
    state = state_in_words(made.question.asked)
    body = {
        "client_id": made.client_id,
        "client_secret": made.secret,
        **({} if state is None else {"state": state}),
        "name": made.question.name,
        "scopes": ",".join(made.question.scopes.split()),
    }
    planned = Planned(
        account_id=made.actor.account_id,
        client_id=made.client_id,
        kind=Kind.SECRETS,
        uri=proposal.secrets_uri,
        method="POST",
    )
    reply = await services.hooks.call_now(planned, msgspec.json.encode(body))
    status = reply.status if isinstance(reply, Replied) else None
    async with services.db.write() as tx:
        if status == 200:
            return await services.consent.finish(tx, made, services.now())
        await services.consent.undo(tx, made, services.now())
    return Refused(reason=Reason.KEYS_REFUSED, status=status)
