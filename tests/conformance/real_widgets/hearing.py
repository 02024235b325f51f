"""What a page complains about while a widget is in it, and whose fault each thing is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, WebError

Whose = Literal["host", "widget", "network"]

_FRAME = re.compile(r"(?:(https?)://([^/\s()]+))?(/[^\s()]*?):\d+:\d+")
_OF_WIDGETS = ("/upl/", "/widgets/")
_OF_ONE = re.compile(r"/upl/([^/]+)/[^/]+/widget/")
_LIBRARIES = "/assets/websdk/lib/"
_NAMED = re.compile(r"^Widget (\w+): ")
_TOLD_BY_HOST = re.compile(r"^(Widget \S*: |A widget's module)")
_PROXY = "/ajax/v1/proxy"
_UNREACHED = re.compile(r"^(Failed to fetch|Network Error)$")
# The last two: before it is installed, a widget's code reaches nothing but its own files.
_ELSEWHERE = re.compile(
    "net::ERR_|blocked by CORS policy|WebSocket connection to|^Connecting to |Refused to connect"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One complaint. *whose* says whose code is at fault; nobody's is the host's."""

    whose: Whose
    text: str


@dataclass  # without slots: the browser's driver writes on those that listen
class Hearing:
    """Listen to all pages of a browser's context.

    *root* is the name and port of the platform. What is said of another widget
    than *code*, and of its files, is not heard: it may be at work there, too.
    """

    root: str
    code: str = ""
    heard: list[Heard] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("weberror", self._uncaught)
        context.on("console", self._said)
        context.on("response", self._answered)

    def take(self) -> list[Heard]:
        """Return what was heard since the last call."""
        heard, self.heard = self.heard, []
        return heard

    def _uncaught(self, thrown: WebError) -> None:
        if _UNREACHED.search(thrown.error.message):
            return
        stack = thrown.error.stack or ""
        words = f"uncaught: {first_line(str(thrown.error))}"
        self.heard.append(Heard(whose_code(stack, self.root), words + place_of(stack)))

    def _answered(self, answer: Response) -> None:
        address = answer.url
        of_another = _OF_ONE.match(path_of(address))
        is_heard = answer.status >= 400 and is_ours(address, self.root) and _PROXY not in address
        if not is_heard or (of_another and of_another[1] != self.code):
            return
        whose: Whose = "host" if path_of(address).startswith("/assets/") else "widget"
        self.heard.append(Heard(whose, f"{answer.status} for {short(path_of(address))}"))

    def _said(self, said: ConsoleMessage) -> None:
        text, address = said.text, said.location.get("url", "")
        if said.type == "warning" and not _TOLD_BY_HOST.match(text):
            return
        named = _NAMED.match(text)
        if said.type not in {"error", "warning"} or (named and named[1] != self.code):
            return
        whose = judge_message(text, address, self.root)
        if whose != "network":
            words = first_line(text).replace(f"{self.code}: ", "")
            self.heard.append(Heard(whose, words + place_of(text)))


def judge_message(text: str, address: str, root: str) -> Whose:
    """Tell whose fault a line of the console is; *address* is where it says that it comes from."""
    # Answers are heard by themselves, and those of outside servers are nobody's fault here.
    if text.startswith("Failed to load resource") or _ELSEWHERE.search(text):
        return "network"
    if not is_ours(address, root):
        return "widget"
    if _TOLD_BY_HOST.match(text):
        return whose_code(text, root)
    return "widget" if path_of(address).startswith(_OF_WIDGETS) else "host"


def whose_code(stack: str, root: str) -> Whose:
    """Tell whose code threw: libraries only do what they are told, so whoever called them."""
    for scheme, authority, path in _FRAME.findall(stack):
        if scheme and not authority.endswith(root):
            return "widget"
        if path.startswith(_LIBRARIES):
            continue
        return "widget" if path.startswith(_OF_WIDGETS) else "host"
    return "host"


def is_ours(address: str, root: str) -> bool:
    return urlsplit(address).netloc.endswith(root) or not urlsplit(address).netloc


def path_of(address: str) -> str:
    return urlsplit(address).path


def place_of(stack: str) -> str:
    """Return the file and line on top of the stack that is not a library's, for people."""
    for one in _FRAME.finditer(stack):
        if not one[3].startswith(_LIBRARIES):
            line = one[0].rsplit(":", 2)[1]
            return f" ({short(urlsplit(one[3]).path)}:{line})"
    return ""


def short(path: str) -> str:
    """Return a path without what is another one at each upload."""
    return _OF_ONE.sub("", path)


def first_line(text: str) -> str:
    return re.split(r"\n|    at ", text.strip())[0].strip()[:200]
