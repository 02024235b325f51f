"""Write how much and how often of widgets: a part of `docs/reference/limits.md`."""

import re
from pathlib import Path

from grantway.hooks import sender
from grantway.installing import intents, keeping, settings, wording
from grantway.installing import service as installing
from grantway.oauth import one_time_tokens
from grantway.settings import SETTINGS
from grantway.web.workspace.widgets import form_bodies, left_menu, proxying
from grantway.widgets import service as widgets
from grantway.widgets.archives import manifests, reading
from grantway.widgets.archives.model import LIMITS
from tools.reference_markdown import rows, span

_MIB = 2**20
_SDK = Path(__file__).resolve().parents[1] / "websdk" / "src"


def widget_limits() -> list[str]:
    """Return the sections."""
    dwell = next(one for one in SETTINGS if one.name == "dwell_ms")
    archives: list[list[object]] = [
        ["MiB of an archive", LIMITS.packed // _MIB],
        ["MiB of it unpacked", LIMITS.unpacked // _MIB],
        ["MiB of a file in it", LIMITS.file // _MIB],
        ["files", f"{LIMITS.files:,}"],
        ["steps that it brings for bots", manifests.MOST_STEPS],
        ["pixels of a picture", f"{reading.MOST_PIXELS:,}"],
        ["characters of a path", LIMITS.path],
        ["how many times larger a file may be than it is packed", LIMITS.ratio],
        ["MiB of all widgets of the account that made them", f"{widgets.MAX_STORED // _MIB:,}"],
        ["archives of an integration that nothing uses any more", widgets.MAX_UNUSED],
    ]
    at_work: list[list[object]] = [
        ["widgets installed in an account", installing.MOST_AT_WORK],
        ["widgets that its page offers besides, made there", installing.MOST_WAITING],
        ["MiB of the texts of all widgets on a page", wording.MOST_ON_PAGE // _MIB],
        ["open questions to a user whether to install in an account", intents.MAX_OPEN],
        ["open questions to a user whether to disable there", intents.MAX_OPEN],
        ["time for which such a question can be answered", span(intents.LIFETIME)],
        [
            "time for which it has to be seen before an answer counts",
            f"at least {dwell.default} ms; `{dwell.variable}` sets it",
        ],
        ["time for an install hook, or a revoke hook", f"{sender.DEADLINE} seconds"],
        ["times that an install hook is sent", 1],
        ["characters of a setting that people type", f"{settings.MAX_TEXT:,}"],
        ["characters of a field `custom`", f"{settings.MAX_CUSTOM:,}"],
        ["users with values of their own in a setting", f"{settings.MAX_USERS:,}"],
        ["KiB of all settings of a widget in an account", settings.MAX_SETTINGS // 1024],
        ["KiB of a form beside the settings", keeping.MAX_CONTENT // 1024],
        ["KiB of all such forms of a widget in an account", keeping.MAX_FORMS // 1024],
        [
            "items in the left menu, and below each",
            f"{left_menu.MOST_ITEMS}, {left_menu.MOST_SUBITEMS}",
        ],
        ["time for which a one-time token is good", span(one_time_tokens.LIFETIME)],
        [
            "time for which a page sends the same one",
            span(_in_sdk("widgets/network.ts", r"TOKEN_KEPT_MS = (\d+) \* 60 \* 1000;") * 60),
        ],
        ["values of a call by `crm_post`", f"{form_bodies.MOST_PAIRS:,}"],
        ["characters of these values and their names", f"{form_bodies.MAX_TEXT:,}"],
        ["bytes of an answer to it", f"{proxying.MAX_ANSWER:,}"],
        ["time for such a call", f"{proxying.DEADLINE} seconds"],
        ["such calls of an account at once", proxying.AT_ONCE],
        [
            "such calls of a widget in a session; else 429",
            f"{proxying.MOST} in {span(proxying.WINDOW_MS // 1000)}",
        ],
    ]
    in_frames: list[list[object]] = [
        [
            "messages to the page in a second, and at once after a pause",
            ", ".join(
                str(_in_sdk(_PROTOCOL, rf"readonly {name} = (\d+),"))
                for name in ("perSecond", "burst")
            ),
        ],
        [
            "characters of the data of `crm_post`, as JSON",
            f"{_in_sdk(_PROTOCOL, r'  post: .*data: plainData.([0-9_]+)'):,}",
        ],
    ]
    return [
        "## Archives of widgets\n\n" + rows(["what", "at most"], archives),
        "## Widgets at work\n\n" + rows(["what", "at most"], at_work),
        "## Widgets in frames\n\n" + rows(["what", "at most"], in_frames),
    ]


_PROTOCOL = "frames/protocol.ts"


def _in_sdk(file: str, number: str) -> int:
    """Return a number that stands in the SDK, where *number* finds it."""
    found = re.findall(number, (_SDK / file).read_text(), re.MULTILINE)
    if len(found) != 1:
        raise LookupError(f"{file}: one {number} expected, {len(found)} found")
    return int(found[0])
