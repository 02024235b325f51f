"""Write `docs/reference/` from the program itself, so that it cannot tell something else.

    .venv/bin/python -m tools.reference

A test fails when a file there is not what this writes.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click

from grantway.accounts import passwords, sessions, sign_in
from grantway.accounts.model import MAX_NAME
from grantway.api.v4 import operations
from grantway.asgi import bodies, limits, query, requests
from grantway.asgi import operations as table
from grantway.asgi.answers import STATUSES
from grantway.asgi.logs import ANSWERED
from grantway.asgi.metrics import Metrics
from grantway.asgi.operations import Operation
from grantway.audit import Event
from grantway.cli import main as command_line
from grantway.db import Database
from grantway.hooks.addresses import Rules
from grantway.integrations.model import MAX_URI
from grantway.integrations.scopes import SCOPES
from grantway.kernel.sealing import Seal
from grantway.moderation.checks.checklist import GROUPS, RULES
from grantway.moderation.checks.model import Severity
from grantway.oauth import codes, long_lived, tokens
from grantway.settings import SETTINGS
from tools.api_coverage import coverage_page
from tools.generated_requests import generated_requests_page
from tools.real_widgets import real_widgets_page
from tools.reference_markdown import page, rows, span
from tools.reference_words import EVENTS, LOG_EVENTS, READY_FILE
from tools.widget_compatibility import widget_compatibility_page
from tools.widget_limits import widget_limits

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "grantway"
FOLDER = ROOT / "docs" / "reference"
WIDTH = 100


def all_commands(
    group: click.Group, words: tuple[str, ...] = ("grantway",)
) -> Iterator[tuple[str, click.Command]]:
    """Return every command that does something, and the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, (*words, name))
        elif command is not None:
            yield " ".join((*words, name)), command


def command_line_page() -> str:
    about = (
        "Exit status: 0 done, 1 refused, 2 wrong use.\n"
        "Commands that act on a platform take the one of the environment's settings,\n"
        "or of a demo by `--data`, or another database by `--database`."
    )
    parts = [about]
    for words, command in all_commands(command_line):
        context = click.Context(
            command, info_name=words, terminal_width=WIDTH, max_content_width=WIDTH
        )
        parts.append(f"## {words}\n\n```text\n{command.get_help(context)}\n```")
    return page("Command line", *parts)


def settings_page() -> str:
    return page(
        "Settings",
        "`grantway serve`, and every command without `--data`, read these variables of the\n"
        "environment.\n"
        "`grantway settings` shows what they are now, `grantway doctor` whether they are sound.\n"
        "A variable that begins with `GRANTWAY_` and is none of these is refused.",
        rows(
            ["variable", "default", "what for"],
            [
                [
                    f"`{one.variable}`",
                    "must be set"
                    if one.default is None
                    else f"`{one.default}`"
                    if one.default
                    else "none",
                    one.about + (" Never shown." if one.is_secret else ""),
                ]
                for one in SETTINGS
            ],
        ),
    )


def _operations() -> list[Operation]:
    # The table is made to be shown; no operation of it is called.
    return operations(cast(Database, None), cast(Rules, None), cast(Seal, None))


def api_page() -> str:
    found = _operations()
    about = (
        "Every operation, its scope, and what else it needs.\n"
        "Parameters, bodies and answers stand in the interactive reference that Grantway serves\n"
        "at `www.<root>/reference`, and for programs in `www.<root>/openapi.json`.\n"
        "All three are made from one table.\n"
        "What a user who is no administrator may do with leads is told by their rights\n"
        "(`GET /api/v4/users?with=role`); long-lived tokens are always an administrator's."
    )
    tables = [
        f"## {tag}\n\n"
        + rows(
            ["operation", "does", "scope", "needs", "per request", "answers"],
            [
                [
                    f"`{one.method} {one.path}`",
                    one.summary,
                    f"`{one.scope}`",
                    "an administrator" if one.for_administrators else "",
                    f"1 to {one.body.most}" if one.body and one.body.many else "",
                    ", ".join(map(str, one.returns)),
                ]
                for one in found
                if one.tag == tag
            ],
        )
        for tag in dict.fromkeys(one.tag for one in found)
    ]
    return page("API", about, *tables)


def api_coverage_page() -> str:
    return coverage_page(_operations())


def scopes_page() -> str:
    return page(
        "Scopes",
        "A token has the scopes that its integration had when the token was made.",
        rows(
            ["scope", "name", "what it lets an integration do", "chosen by the integrator"],
            [
                [f"`{one.name}`", one.label, one.explanation, "yes" if one.is_offered else "no"]
                for one in SCOPES
            ],
        ),
    )


def _parsed() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            yield path, node


def violation_codes() -> dict[str, str]:
    """Return the codes of violations in the source, with their texts."""
    found = {}
    for _, node in _parsed():
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Violation"):
            continue
        code, _, detail = node.args
        if isinstance(code, ast.Constant):
            text = "Says what may stand there."
            if isinstance(detail, ast.Constant):
                text = str(detail.value)
            elif isinstance(detail, ast.JoinedStr):
                text = "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "…"
                    for one in detail.values
                )
            found[str(code.value)] = text
    return dict(sorted(found.items()))


def errors_page() -> str:
    kinds = [
        (status, (kind.__doc__ or "").split("\n")[0].replace(f" ({status})", ""))
        for kind, status in STATUSES
    ]
    kinds.append((405, "This cannot be done here; `Allow` names what can, and the body is empty."))
    kinds.append((500, "A fault of ours; `trace_id` finds it in the log."))
    return page(
        "Errors",
        "The API answers a refusal with a problem (RFC 9457):\n"
        "`title`, `type`, `status`, `detail`.\n"
        "A refused write changed nothing.",
        "## Statuses\n\n" + rows(["status", "means"], sorted(kinds)),
        "## Violations\n\n"
        "A 400 about a body lists each wrong field in `validation-errors`, by `request_id`,\n"
        "with `code`, `path` and `detail`.\n\n"
        + rows(["code", "detail"], [[f"`{c}`", text] for c, text in violation_codes().items()]),
        "## Over the limits\n\n"
        "429 carries `retry_after` in the body and `Retry-After` as a header, in seconds.\n"
        "An address that goes on is blocked for a while and gets 403 with a bare HTML page.",
    )


def events_page() -> str:
    return page(
        "Audit events",
        "Each change writes its entry in its own transaction.\n"
        "An account's administrators read theirs under *Activity* on the control origin.",
        rows(
            ["event", "tells"],
            [[f"`{event}`", EVENTS[event]] for event in Event],
        ),
    )


_DECIDED_BY = {
    Severity.ERROR: "the machine",
    Severity.WARNING: "a moderator, where the machine points",
    Severity.HUMAN: "a moderator",
}


def checklist_page() -> str:
    tables = [
        f"## {title}\n\n"
        + rows(
            ["rule", "asks", "decided by", "a moderator looks at"],
            [
                [
                    f"`{rule.id}`",
                    rule.text.replace("<", "&lt;"),
                    _DECIDED_BY[rule.severity],
                    rule.human,
                ]
                for rule in RULES
                if rule.id.startswith(group)
            ],
        )
        for group, title in GROUPS.items()
    ]
    return page(
        "The checklist of moderation",
        "What is asked of a public integration before it stands in the Marketplace.\n"
        "While a rule that the machine decides is broken, no review can be requested.\n"
        "`grantway integration check` tells what the machine finds.",
        *tables,
    )


def ready_file_page() -> str:
    return page(
        "Ready file",
        "`grantway demo --ready-file FILE` writes it when the server answers, whole and at once,\n"
        "for its owner alone. It is JSON. `*` stands for a name, `[]` for each item.\n"
        "The demo has four integrations: `private` of acme; and of danalabs `public`,\n"
        "which is the example's, `widget`, which every account may install, and `draft`.",
        rows(["member", "is"], [[f"`{name}`", about] for name, about in READY_FILE.items()]),
    )


def limits_page() -> str:
    rate = limits.Limits()
    tempo: list[list[object]] = [
        ["requests per second from one address", rate.per_address],
        ["requests per second of one integration", rate.per_integration],
        ["requests per second to one account", rate.per_account],
        [
            "refused requests until an address is blocked",
            f"{rate.strikes_to_block} within {span(rate.strikes_window)}",
        ],
        ["time for which it is blocked", span(rate.block_seconds)],
    ]
    sizes: list[list[object]] = [
        ["entities in one request", bodies.MAX_ENTITIES],
        ["entities on one page", f"{query.MAX_LIMIT}, and {query.DEFAULT_LIMIT} unless asked"],
        ["bytes of a body", requests.MAX_BODY],
        ["bytes of a query", query.MAX_QUERY],
        ["characters of a path", table.MAX_PATH],
        ["characters of a token", tokens.MAX_TOKEN],
        ["characters of a name", MAX_NAME],
        ["characters of a redirect URI or hook", MAX_URI],
        ["characters of a password", f"{passwords.MIN_LENGTH} to {passwords.MAX_LENGTH}"],
    ]
    times = [
        ["an authorization code", span(codes.CODE_LIFETIME)],
        ["a long-lived token", f"from tomorrow to {long_lived.LONGEST_YEARS} years"],
        ["a session that nobody uses", span(sessions.IDLE_LIFETIME)],
        ["a session at most", span(sessions.ABSOLUTE_LIFETIME)],
        ["a proof of the password", span(sessions.PROOF_LIFETIME)],
        ["a ticket into a workspace", span(sessions.TICKET_LIFETIME)],
    ]
    tries = [
        ["of one person from one address", sign_in.LIMIT_OF_PERSON_AND_SOURCE],
        ["from one address", sign_in.LIMIT_OF_SOURCE],
        ["of one person from addresses new to them", sign_in.LIMIT_OF_PERSON],
    ]
    return page(
        "Limits",
        "## How often\n\nCounted over all processes in the server of `GRANTWAY_LIMITS_SERVER`,\n"
        "and without one, or while it does not answer, in each process by itself.\n"
        "The token endpoint counts apart from the API.\n"
        "`GRANTWAY_LIMITS=off` and `grantway demo --no-limits` switch them off.\n\n"
        + rows(["limit", "at most"], tempo),
        "## How much\n\n" + rows(["what", "at most"], sizes),
        "## How long\n\n" + rows(["what lives", "for"], times),
        f"## Failed sign-ins within {span(sign_in.WINDOW)}\n\n" + rows(["tries", "at most"], tries),
        *widget_limits(),
    )


def log_events() -> set[str]:
    """Return the names of all events that the source logs."""
    methods = {"debug", "info", "warning", "error", "exception"}
    return {ANSWERED} | {
        str(node.args[0].value)
        for _, node in _parsed()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in methods
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        and isinstance(node.args[0], ast.Constant)
    }


def metrics() -> dict[str, str]:
    """Return the names of our counters, and what they count."""
    scope = {"type": "http", "headers": [(b"authorization", b"Bearer reference")]}
    answer = Metrics("reference").answer(scope)
    if answer is None:
        raise RuntimeError("metrics refused their own token")
    told = (line.split(" ", 3) for line in answer.body.decode().splitlines())
    return {words[2]: words[3] for words in told if words[:2] == ["#", "HELP"]}


def operation_page() -> str:
    return page(
        "Health, metrics and logs",
        "## Health\n\n"
        + rows(
            ["path", "answers"],
            [
                ["`/health/live`", "200 as long as the process answers"],
                [
                    "`/health/ready`",
                    "200 when the database answers and tokens can be signed, else 503",
                ],
            ],
        ),
        "## Metrics\n\n`/metrics`, for who sends the token of `GRANTWAY_METRICS_TOKEN`\n"
        "as a bearer token; without the setting there is nothing.\n"
        "Each process counts for itself.\n\n"
        + rows(["metric", "counts"], [[f"`{name}`", about] for name, about in metrics().items()]),
        "## Log\n\nOne event is one line of JSON on standard error, with `event`, `level`\n"
        "and `at` (Unix seconds); `request_id` is what the answer carries as `x-request-id`.\n"
        "What looks like a credential is hidden.\n\n"
        + rows(
            ["event", "tells"],
            [[f"`{name}`", LOG_EVENTS[name]] for name in sorted(log_events())],
        ),
    )


PAGES = {
    "command-line.md": ("Command line", command_line_page),
    "settings.md": ("Settings", settings_page),
    "api.md": ("API: operations, scopes, rights", api_page),
    "api-coverage.md": ("API: coverage, and how published clients fare", api_coverage_page),
    "generated-requests.md": ("Generated requests, and their answers", generated_requests_page),
    "widget-compatibility.md": ("Widgets: what of the dialect works", widget_compatibility_page),
    "real-widgets.md": ("Real widgets, and how they fare", real_widgets_page),
    "scopes.md": ("Scopes", scopes_page),
    "errors.md": ("Errors", errors_page),
    "limits.md": ("Limits and lifetimes", limits_page),
    "checklist.md": ("The checklist of moderation", checklist_page),
    "audit-events.md": ("Audit events", events_page),
    "ready-file.md": ("The demo's ready file", ready_file_page),
    "operation.md": ("Health, metrics and logs", operation_page),
}


def pages() -> dict[str, str]:
    """Return every page of the reference by its name."""
    index = "\n".join(f"- [{title}]({name})" for name, (title, _) in PAGES.items())
    written = {name: write() for name, (_, write) in PAGES.items()}
    return {"README.md": page("Reference", index), **written}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = pages()
    for stray in set(FOLDER.glob("*.md")) - {FOLDER / name for name in found}:
        stray.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
