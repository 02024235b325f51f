"""Install each client into a folder of its own below `.cache/clients`, once.

Two clients may bring a module of the same name, so none shares a folder. A stamp
tells what a folder was made from; as long as that is the same nothing is done.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients.drivers import Driver
from tools.system_parts import GUZZLE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "clients"
INSTALL_DEADLINE = 600  # seconds; the largest takes half a minute


class CannotInstall(Exception):
    """Why a client cannot be had on this machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client is installed, what runs a script there, and what the script is told."""

    folder: Path
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def prepare(driver: Driver) -> Place:
    """Return where the driver's client is, after installing it unless that was done."""
    place = {"Python": _python, "JavaScript": _node, "PHP": _php}[driver.language]
    return place(driver, FOLDER / driver.name)


def _python(driver: Driver, folder: Path) -> Place:
    python = find_python(driver.oldest_python)
    own = str(folder / "bin" / "python")
    pip = [own, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    _install(
        folder,
        [python, *driver.packages],
        [[python, "-m", "venv", str(folder)], [*pip, *driver.packages]],
    )
    # The printed PHP samples need Guzzle.
    return Place(folder, [own], {"PHP_AUTOLOAD": os.environ.get("PHP_AUTOLOAD", str(GUZZLE))})


def _node(driver: Driver, folder: Path) -> Place:
    options = ["--prefix", str(folder), "--no-save", "--no-audit", "--no-fund"]
    _install(folder, driver.packages, [["npm", "install", *options, *driver.packages]])
    return Place(folder, ["node"])


def _php(driver: Driver, folder: Path) -> Place:
    given = Path(os.environ.get("PHP_AUTOLOAD", ""))
    if (given.parent / driver.packages[0].partition(":")[0]).is_dir():
        return Place(given.parent, ["php"], {"PHP_AUTOLOAD": str(given)})
    require = ["composer", "require", "--no-interaction", f"--working-dir={folder}"]
    _install(folder, driver.packages, [[*require, *driver.packages]])
    return Place(folder, ["php"], {"PHP_AUTOLOAD": str(folder / "vendor" / "autoload.php")})


def _install(
    folder: Path, made_from: list[str] | tuple[str, ...], commands: list[list[str]]
) -> None:
    """Make *folder* by *commands*, unless it was made from the same before."""
    stamp, wanted = folder / "stamp", "\n".join(made_from)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        for command in commands:
            program = Path(command[0]).name
            try:
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=INSTALL_DEADLINE,
                    check=True,
                )
            except FileNotFoundError:
                raise CannotInstall(f"{program} was not found") from None
            except subprocess.SubprocessError:
                # What it printed names the index that this machine asks, so it stays here.
                said = log.relative_to(ROOT)
                raise CannotInstall(f"{program} could not install it (see {said})") from None
    stamp.write_text(wanted)


def find_python(oldest: tuple[int, int]) -> str:
    """Return a Python that is not older than *oldest*; ours if it is young enough."""
    for found in _pythons(oldest):
        asked = subprocess.run(
            [found, "-c", f"import sys, venv; sys.exit(sys.version_info < {oldest})"],
            capture_output=True,
            check=False,
        )
        if asked.returncode == 0:
            return found
    raise CannotInstall(f"Python {oldest[0]}.{oldest[1]} or newer was not found")


def _pythons(oldest: tuple[int, int]) -> Iterator[str]:
    yield sys.executable
    named = (shutil.which(f"python{oldest[0]}.{oldest[1] + newer}") for newer in range(5))
    yield from (path for path in named if path)
    # pyenv keeps those off the PATH that are not chosen.
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob("versions/*/bin/python")))
