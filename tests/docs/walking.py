"""Walk through a page as a reader does: save files, run commands, compare what they print."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.demos import clean_environment
from tests.docs.pages import Snippet
from tools.system_parts import GUZZLE

_MARK = "@@@ end of the block in line"
_DEADLINE = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader sits: a folder, the variables of the shell, and the ports of the demo."""

    folder: Path
    variables: Mapping[str, str]
    ports: Mapping[str, int]

    def here(self, text: str) -> str:
        """Return *text* with the demo's real port in place of the one that pages print."""
        for printed, real in self.ports.items():
            text = re.sub(rf"(?<=:|=){printed}\b", str(real), text)
        return text

    def save(self, snippets: list[Snippet]) -> None:
        """Save the files that the page shows, and what Composer would have made."""
        for one in snippets:
            if one.file is not None:
                (self.folder / one.file).write_text(self.here(one.text))
        vendor = self.folder / "vendor"
        vendor.mkdir(exist_ok=True)
        guzzle = os.environ.get("PHP_AUTOLOAD", str(GUZZLE))
        (vendor / "autoload.php").write_text(f"<?php require_once '{guzzle}';\n")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command; `grantway` and `python` are those of the project."""
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env=clean_environment(**{"PATH": programs, **self.variables}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE,
            check=False,
        )


def walk(place: Place, snippets: list[Snippet]) -> list[str]:
    """Run the page's commands in one shell; return what went wrong, in sentences."""
    place.save(snippets)
    script = "set -euo pipefail\n"
    for one in snippets:
        if one.is_run:
            script += f"{place.here(one.text)}\necho; echo '{_MARK} {one.line}'\n"
    done = place.run("bash", "-c", script)
    outputs: dict[int, str] = {}
    rest = done.stdout
    while _MARK in rest:
        output, _, rest = rest.partition(_MARK)
        line, _, rest = rest.partition("\n")
        outputs[int(line)] = output
    wrong = []
    if done.returncode != 0:
        wrong.append(f"after {outputs.keys()}: {rest[-500:]} {done.stderr[-2000:]}")
    last = 0
    for one in snippets:
        if one.is_run:
            last = one.line
        elif one.is_output:
            wrong += [
                f"line {one.line} promises {line!r}, and line {last} printed {outputs.get(last)!r}"
                for line in map(str.strip, one.text.splitlines())
                if line not in outputs.get(last, "")
            ]
    return wrong
