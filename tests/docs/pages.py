"""Our pages as texts: their snippets, links and names.

The convention of snippets is told in CONTRIBUTING.md: the words after the
opening fence say what a test does with one.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block. *words* are what stands after the language."""

    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def is_run(self) -> bool:
        return self.language == "sh" and "run" in self.words

    @property
    def is_output(self) -> bool:
        return self.language == "text" and "output" in self.words

    @property
    def file(self) -> str | None:
        """The name under which the block is saved before anything is run."""
        named = (word.removeprefix("file=") for word in self.words if word.startswith("file="))
        return next(named, None)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def snippets(text: str) -> list[Snippet]:
    r"""Return the fenced blocks of *text*, those in lists without their indentation.

    >>> snippets("Run:\n\n   ```sh run\n   echo 1\n   ```\n")
    [Snippet(line=3, language='sh', words=('run',), text='echo 1\n')]
    """
    found: list[Snippet] = []
    opened: tuple[int, str, list[str]] | None = None
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence is not None:
            opened, body = (number, fence["indent"], fence["info"].split()), []
        elif opened is not None and line == f"{opened[1]}```":
            language, *words = opened[2] or [""]
            found.append(Snippet(opened[0], language, tuple(words), "".join(body)))
            opened = None
        elif opened is not None:
            body.append(line.removeprefix(opened[1]) + "\n")
    return found


def prose(text: str) -> str:
    r"""Return *text* without its fenced blocks.

    >>> prose("a\n```sh\nb\n```\nc\n")
    'a\nc\n'
    """
    return re.sub(r"^ *```.*?^ *```\n", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """Return where the links and pictures of *text* lead.

    >>> links('[a](b.md#c) <img src="d.png"> `[no](link)`')
    ['b.md#c', 'd.png']
    """
    return [one or other for one, other in _LINK.findall(prose(text))]


def anchors(text: str) -> set[str]:
    r"""Return the anchors that the headings of *text* make.

    >>> sorted(anchors("# A title\n## Names like acme.localhost\n"))
    ['a-title', 'names-like-acmelocalhost']
    """
    cleaned = (re.sub(r"[^\w\- ]", "", one.lower()) for one in _HEADING.findall(prose(text)))
    return {one.strip().replace(" ", "-") for one in cleaned}


def broken_links(page: Path, text: str) -> set[str]:
    """Return the relative links of *page* that lead nowhere."""
    broken = set()
    for link in links(text):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        is_ours = path.exists() and ROOT in (path, *path.parents)
        if not is_ours:
            broken.add(link)
            continue
        if anchor and anchor not in anchors(path.read_text() if target else text):
            broken.add(link)
    return broken
