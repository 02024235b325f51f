"""One version before a moderator: all that there is to look at, and the verdicts.

A verdict is about the content that was seen (S-150), which its form names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grantway.accounts import service as accounts
from grantway.accounts import sessions
from grantway.db import Transaction
from grantway.integrations.errors import WrongState
from grantway.kernel.addresses import PUBLIC
from grantway.marketplace import publishing, vetting
from grantway.moderation import archives, attention, history, trials
from grantway.moderation import desk as reviews
from grantway.moderation.checks.checklist import RULES, human_rules
from grantway.moderation.checks.model import Report
from grantway.moderation.desk import Moderator
from grantway.moderation.errors import (
    OwnIntegration,
    SeenAnother,
    TrialNotFound,
    VerdictRefused,
)
from grantway.moderation.model import Message, Reason, Version
from grantway.moderation.states import Act, State, may
from grantway.moderation.trials import Tried
from grantway.web.control.desk import Desk, get, number, post, storable
from grantway.web.control.elsewhere import PasswordNeeded
from grantway.web.control.moderation import MODERATION, PASSWORD_FIRST, moderator_of, own_page
from grantway.web.control.moderation_rows import (
    change_groups,
    finding_row,
    message_row,
    past_row,
    rule_groups,
    version_row,
    why_row,
)
from grantway.web.forms import Form, read_form
from grantway.web.refusals import go_to
from grantway.web.wording import sentence

_ONE = f"{MODERATION}/{{client_id}}/{{number}}"
# Eight reasons of 5,000 characters, each of them percent-encoded.
_MAX_FORM = 512 * 1024
_SEVERAL = frozenset({"rule", "text"})
_REASONS = 8

Work = Callable[[Transaction, Moderator, str, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class ModerationReview:
    """Show a version to moderators, and take their verdicts, questions and notes."""

    desk: Desk

    def routes(self) -> list[Route]:
        return [
            get(_ONE, self.show),
            post(f"{_ONE}/approve", self.approve),
            post(f"{_ONE}/reject", self.reject),
            post(f"{_ONE}/ask", self.ask),
            post(f"{_ONE}/note", self.note),
            post(f"{_ONE}/hide", self.hide),
            post(f"{_ONE}/unhide", self.unhide),
            post(f"{_ONE}/try", self.begin_trial),
            post(f"{_ONE}/end-trial", self.end_trial),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def approve(self, request: Request) -> Response:
        """Let the integrator publish the content that the form names."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            now = self.desk.services.now()
            await reviews.approve(tx, moderator, client_id, at, form.text("seen"), now)

        return await self._change(request, form, work, "approved")

    async def reject(self, request: Request) -> Response:
        """Send the version back; what was typed survives whatever is wrong with it."""
        form = await read_form(request, most=_MAX_FORM, several=_SEVERAL)
        reasons = [Reason(rule, text) for rule, text in _typed_reasons(form) if rule or text]

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            now, seen = self.desk.services.now(), form.text("seen")
            await reviews.reject(tx, moderator, client_id, at, seen, reasons, RULES, now)

        return await self._change(request, form, work, "rejected", keeps_typed=True)

    async def ask(self, request: Request) -> Response:
        """Ask the integrator."""
        form = await read_form(request, most=_MAX_FORM)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            text = form.lines("question")
            await reviews.ask(tx, moderator, client_id, at, text, self.desk.services.now())

        return await self._change(request, form, work, "asked", is_weighty=False, field="question")

    async def note(self, request: Request) -> Response:
        """Keep something for moderators alone."""
        form = await read_form(request, most=_MAX_FORM)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            text = form.lines("note")
            await reviews.note(tx, moderator, client_id, at, text, self.desk.services.now())

        return await self._change(request, form, work, "noted", is_weighty=False, field="note")

    async def hide(self, request: Request) -> Response:
        """Take the published version from the public."""
        form = await read_form(request, most=_MAX_FORM)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            reason, now = form.lines("reason"), self.desk.services.now()
            _must_be_seen(await publishing.hide(tx, moderator, client_id, reason, now), at, form)

        return await self._change(request, form, work, "hidden", keeps_typed=True)

    async def unhide(self, request: Request) -> Response:
        """Put the hidden version before the public again."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            now = self.desk.services.now()
            _must_be_seen(await publishing.show(tx, moderator, client_id, now), at, form)

        return await self._change(request, form, work, "shown")

    async def begin_trial(self, request: Request) -> Response:
        """Make an account in which the moderator may try it."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, at: int) -> None:
            await trials.begin(tx, moderator, client_id, at, self.desk.services.now())

        return await self._change(request, form, work, "tried", is_weighty=False)

    async def end_trial(self, request: Request) -> Response:
        """Close that account."""
        form = await read_form(request)

        async def work(tx: Transaction, moderator: Moderator, client_id: str, _at: int) -> None:
            # Whoever presses twice, or after a verdict, has what they wanted.
            with suppress(TrialNotFound):
                await trials.end(tx, moderator, client_id, self.desk.services.now())

        return await self._change(request, form, work, "trial-ended", is_weighty=False)

    async def _change(
        self,
        request: Request,
        form: Form,
        work: Work,
        done: str,
        *,
        is_weighty: bool = True,
        keeps_typed: bool = False,
        field: str = "text",
    ) -> Response:
        """Do *work* as the moderator who sends *form*, or say on the page why not.

        What is weighty needs the password typed recently (S-117). *keeps_typed*
        asks for it on this page, where going elsewhere would lose a long text.
        """
        client_id, at, href = _subject(request)
        try:
            async with self.desk.act(request, form) as (tx, visit):
                moderator = await moderator_of(tx, visit)
                if is_weighty:
                    self.desk.must_be_proved(visit, "moderate", href)
                await work(tx, moderator, client_id, at)
        except PasswordNeeded:
            if not keeps_typed:
                raise
            return await self._page(request, form, {"proof": PASSWORD_FIRST})
        except VerdictRefused as error:
            named = {field if name == "text" else name: why for name, why in error.problems.items()}
            return await self._page(request, form, named)
        except (SeenAnother, WrongState) as error:
            return await self._page(request, form, conflict=error.detail.replace("_", " "))
        except OwnIntegration:
            return await own_page(self.desk, request)
        return go_to(request, f"{href}?done={done}")

    async def _page(
        self,
        request: Request,
        form: Form | None = None,
        problems: Mapping[str, str] | None = None,
        conflict: str = "",
    ) -> Response:
        client_id, at, href = _subject(request)
        services = self.desk.services
        now = services.now()
        public = services.addresses.origin(PUBLIC)
        try:
            async with self.desk.look(request) as (reader, visit):
                moderator = await moderator_of(reader, visit)
                integration, version, in_force = await reviews.look(
                    reader, moderator, client_id, at
                )
                said = await reviews.conversation(reader, moderator, client_id, at)
                asked = await vetting.question(
                    reader, version, services.addresses, services.hooks.rules
                )
                owner = await accounts.account_by_id(reader, integration.account_id)
                past = await history.of_integration(reader, moderator, client_id)
                deciders = {one.version.decided_by for one in past}
                names = await accounts.names(reader, [one for one in deciders if one])
                trial = await trials.find(reader, moderator, client_id)
                is_another = in_force is not None and in_force.number != version.number
                before = in_force if is_another else None
                everything = await archives.differences_told(reader, None, version)
                changes = await archives.differences_told(reader, before, version)
                context = await self.desk.frame(reader, visit, section="moderation")
        except OwnIntegration:
            return await own_page(self.desk, request)
        report = await vetting.answer(asked, services.db.read)

        def picture_href(picture_hash: str) -> str:
            return f"{public}/pictures/{picture_hash}.png"

        content = version.content
        slots, errors = _slots(form, problems or {})
        context |= {
            "integration": {
                "name": content.main.name,
                "id": client_id,
                "account": owner.name,
                "address": services.addresses.authority(owner.subdomain),
                "is_stopped": integration.is_disabled,
            },
            "version": version_row(version, names, now),
            "href": href,
            "before": before and version_row(before, {}, now),
            "before_href": before and f"{MODERATION}/{client_id}/{before.number}",
            "changes": change_groups(changes, picture_href),
            "everything": change_groups(everything, picture_href),
            "whys": _whys(version, before, report, said, now),
            "past": [
                past_row(one, names, now) for one in past if one.version.number != version.number
            ],
            "preview_href": f"{href}/preview",
            "files_href": f"{href}/files" if content.archive else "",
            "can_try": may(version.state, Act.APPROVE) and not integration.is_disabled,
            "trial": trial and self._trial(trial),
            "must": [finding_row(one) for one in report.errors],
            "may": [finding_row(one) for one in report.warnings],
            "checklist": [{"id": one.id, "look": one.human} for one in human_rules(content)],
            "said": [
                message_row(one, reviews.comment(services.seal, version, one)) for one in said
            ],
            "can_decide": may(version.state, Act.APPROVE),
            "can_hide": version.state == State.PUBLISHED,
            "can_unhide": version.state == State.HIDDEN,
            "is_proved": sessions.is_proved(visit.session, now),
            "is_typed": form is not None,
            "rules": rule_groups(),
            "slots": slots,
            "values": {
                name: form.text(name) if form else "" for name in ("question", "note", "reason")
            },
            "errors": errors,
            "conflict": sentence(conflict) if conflict else "",
            "done": request.query_params.get("done", "") if form is None else "",
        }
        status = 409 if conflict else 422 if errors else 200
        return self.desk.page("control/moderation_review.html", context, status)

    def _trial(self, tried: Tried) -> dict[str, Any]:
        addresses = self.desk.services.addresses
        consent = f"{self.desk.origin}/oauth?client_id={tried.trial.client_id}"
        return {
            "address": addresses.authority(tried.account.subdomain),
            "url": addresses.origin(tried.account.subdomain),
            "ends_at": tried.trial.ends_at,
            "has_it": tried.has_it,
            "consent_href": "" if tried.is_strict else consent,
        }


def _whys(
    version: Version, before: Version | None, report: Report, said: Sequence[Message], now: int
) -> list[dict[str, Any]]:
    """Return why a person has to look at what waits; of anything else, nothing."""
    if version.state != State.IN_REVIEW:
        return []
    last = {one.kind: one.at for one in said}
    found = attention.reasons_for_a_human(
        None if before is None else before.content,
        version.content,
        found=report.counts,
        asked_at=last.get("question"),
        answered_at=last.get("answer"),
        due_at=version.due_at,
        now=now,
    )
    return [why_row(one) for one in found]


def _subject(request: Request) -> tuple[str, int, str]:
    """Return the integration and the version that the path names, and their page."""
    client_id = storable(request.path_params["client_id"])
    at = number(request.path_params["number"])
    return client_id, at, f"{MODERATION}/{client_id}/{at}"


def _must_be_seen(moved: Version, at: int, form: Form) -> None:
    """Raise SeenAnother when another version has come before the public meanwhile."""
    if moved.number != at or moved.content_hash != form.text("seen"):
        raise SeenAnother


def _typed_reasons(form: Form) -> list[tuple[str, str]]:
    texts = [one.replace("\r\n", "\n").strip() for one in form.all("text")]
    return list(zip(form.all("rule"), texts, strict=False))[:_REASONS]


def _slots(
    form: Form | None, problems: Mapping[str, str]
) -> tuple[Sequence[dict[str, str]], dict[str, str]]:
    """Return the places for reasons as they were filled in, and all problems by field."""
    typed = _typed_reasons(form) if form is not None else []
    errors = {name: sentence(why) for name, why in problems.items()}
    slots = []
    for n in range(_REASONS):
        rule, text = typed[n] if n < len(typed) else ("", "")
        if (rule or text) and rule in problems:
            why = f"{rule}: {problems[rule]}" if rule else "choose the rule that this is about"
            errors.pop(rule, None)
            errors[f"reason-{n}"] = sentence(why)
        slots.append({"rule": rule, "text": text})
    return slots, errors
