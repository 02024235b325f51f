"""Turn templates and plain values into pages, for all origins."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from grantway.web import wording

WEB = Path(__file__).parent
ASSETS = WEB / "assets"
MARK_LENGTH = 10  # enough to tell versions of one file apart

# The prefix is the first part of a template's name: "control/home.html".
TEMPLATE_FOLDERS = {
    "shared": WEB / "templates",
    "control": WEB / "control" / "templates",
    "workspace": WEB / "workspace" / "templates",
    "public": WEB / "public" / "templates",
    "listings": WEB / "listings" / "templates",
}


class _CompiledTemplates(BytecodeCache):
    """Compiles each template once in a process, however many platforms stand in it."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


@dataclass(frozen=True, slots=True)
class Site:
    """Where this server is reached; every template sees it as `site`.

    *root* is what follows the first label of every host, with the port when
    clients must write one: "localhost:8000", "example.com".
    """

    scheme: str
    root: str

    @property
    def control_url(self) -> str:
        return f"{self.scheme}://accounts.{self.root}"

    @property
    def public_url(self) -> str:
        return f"{self.scheme}://www.{self.root}"

    @property
    def reference_url(self) -> str:
        return f"{self.public_url}/reference"


class Pages:
    """Render the templates of every origin.

    Values are escaped, and a name that a template asks for and nobody gave is
    an error, so a page never shows a hole where a fact belongs.
    """

    def __init__(self, site: Site, now: Callable[[], int]) -> None:
        self._environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
            loader=PrefixLoader(
                {prefix: FileSystemLoader(folder) for prefix, folder in TEMPLATE_FOLDERS.items()}
            ),
        )
        self._environment.globals.update(site=site, asset=_AssetAddresses())

        def ago(moment: int) -> Markup:
            return wording.ago(moment, now())

        def days_left(moment: int) -> str:
            return wording.days_left(moment, now())

        self._environment.filters.update(
            moment=wording.moment,
            day=wording.day,
            ago=ago,
            days_left=days_left,
            duration=wording.duration,
            count=wording.count,
            number=wording.number,
            money=wording.money,
            initial=wording.initial,
        )

    def render(self, template: str, **context: object) -> str:
        """Return the page *template* ("control/home.html") filled with *context*."""
        return self._environment.get_template(template).render(context)


class _AssetAddresses:
    """Give an asset its address, with a mark that changes when the file does.

    So browsers may keep assets for ever and still see a new one at once.
    """

    def __init__(self) -> None:
        self._addresses: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self._addresses:
            self._addresses[name] = f"/assets/{name}{_version_mark(ASSETS / name)}"
        return self._addresses[name]


def _version_mark(file: Path) -> str:
    """Return the query that tells versions of *file* apart.

    A file that the build has not put there yet has none: the page still works,
    because no page needs a script to be read.
    """
    if not file.is_file():
        return ""
    return "?v=" + hashlib.sha256(file.read_bytes()).hexdigest()[:MARK_LENGTH]
