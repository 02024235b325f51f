"""Install the project into `.venv`, step by step, and do nothing where nothing changed.

Every step leaves a stamp with a digest of what it was made from. As long as
the digest is the same the step is left out, so a repeated call takes no time
and no network.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
LOG = CACHE / "setup.log"
FRONTEND = ROOT / "frontend"
WEBSDK = ROOT / "websdk"
PEERS = ROOT / "benchmarks" / "peers"
WEB = ROOT / "src" / "grantway" / "web"
BUILT = {
    FRONTEND: [WEB / "assets" / "vendor", WEB / "public" / "built"],
    WEBSDK: [WEB / "assets" / "websdk"],
}

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20

# How much of the log is shown when a step fails: a screen of it.
SHOWN_ON_FAILURE = 40


class Refusal(Exception):
    """What is missing on this machine, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to install; *made_from* changes when it has to be done again."""

    title: str
    stamp: Path
    made_from: str
    commands: list[list[str]]
    folder: Path = ROOT
    check: Callable[[], None] = lambda: None

    def is_done(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text() == self.made_from


def digest(*parts: bytes) -> str:
    """Return one digest of all *parts*; where one ends and the next begins counts.

    >>> digest(b"ab", b"c") == digest(b"a", b"bc")
    False
    """
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files that are made by hand, in a fixed order."""
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in {"node_modules", "dist"} and name[0] != "."
        )
        yield from (Path(current, name) for name in sorted(files))


def venv_is_sound() -> bool:
    """Tell whether `.venv` works, is young enough, and was made for this very folder."""
    settings = VENV / "pyvenv.cfg"
    if not (VENV / "bin" / "python").exists() or not settings.is_file():
        return False
    values = {
        key.strip(): value.strip()
        for key, _, value in (line.partition("=") for line in settings.read_text().splitlines())
    }
    version = tuple(int(number) for number in re.findall(r"\d+", values.get("version", ""))[:2])
    # An environment names its own folder in every script, so a moved one is broken.
    return version >= OLDEST_PYTHON and values.get("command", str(VENV)).endswith(str(VENV))


def check_venv_modules() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415 - some systems leave it out; asked only when needed
        import venv  # noqa: F401, PLC0415 - as above
    except ImportError as missing:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Refusal(
            f"Python {version} has no module {missing.name!r}, so no environment can be made.\n"
            f"Install it, on Debian and Ubuntu by `apt-get install python{version}-venv`."
        ) from None


def check_node() -> None:
    advice = (
        f"The pages' scripts and the benchmarks need Node.js {OLDEST_NODE} or newer with npm.\n"
        "Install them from nodejs.org, or by `apt-get install nodejs npm` where the system's own "
        "are that young (Debian 13, Ubuntu 25.04)."
    )
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Refusal(f"{program} was not found. {advice}")
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(found.lstrip("v").split(".", maxsplit=1)[0]) < OLDEST_NODE:
        raise Refusal(f"node is {found.strip()}. {advice}")


def venv_step() -> Step:
    sound = venv_is_sound()
    return Step(
        title="an environment in .venv",
        stamp=VENV / "stamps" / "venv",
        made_from="sound" if sound else "to be made",
        commands=[[sys.executable, "-m", "venv", *([] if sound else ["--clear"]), str(VENV)]],
        check=check_venv_modules,
    )


def packages_step(name: str) -> Step:
    lock = ROOT / "requirements" / f"{name}.txt"
    count = len(re.findall(r"^[a-z0-9]", lock.read_text(), re.MULTILINE))
    return Step(
        title=f"{count} Python packages ({name})",
        stamp=VENV / "stamps" / name,
        made_from=digest(lock.read_bytes()),
        commands=[
            [
                *(str(VENV / "bin" / "python"), "-m", "pip", "install"),
                *("--disable-pip-version-check", "--no-input", "--progress-bar", "off"),
                *("--no-deps", "--require-hashes", "--requirement", str(lock)),
            ]
        ],
    )


def project_step() -> Step:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    built_from = [settings["build-system"], settings["project"], settings["tool"]["hatch"]]
    return Step(
        title="Grantway itself",
        stamp=VENV / "stamps" / "project",
        made_from=digest(json.dumps(built_from).encode()),
        commands=[
            [
                *(str(VENV / "bin" / "python"), "-m", "pip", "install"),
                *("--disable-pip-version-check", "--no-input", "--progress-bar", "off"),
                *("--no-deps", "--no-build-isolation", "--no-index", "--editable", "."),
            ]
        ],
    )


def node_packages_step(folder: Path = FRONTEND, what: str = "npm packages") -> Step:
    lock = folder / "package-lock.json"
    count = len(json.loads(lock.read_text())["packages"]) - 1
    return Step(
        title=f"{count} {what}",
        stamp=folder / "node_modules" / ".grantway-stamp",
        made_from=digest(lock.read_bytes(), (folder / "package.json").read_bytes()),
        commands=[["npm", "ci", "--include=dev", "--no-audit", "--no-fund"]],
        folder=folder,
        check=check_node,
    )


def assets_step(folder: Path, what: str, *borrowed: Path) -> Step:
    """Build *what* from the sources in *folder* and from the *borrowed* files of others."""
    parts = [
        part
        for path in [*sources(folder), *borrowed]
        for part in (str(path.relative_to(ROOT)).encode(), path.read_bytes())
    ]
    built = all(made.is_dir() and any(made.iterdir()) for made in BUILT[folder])
    return Step(
        title=what,
        stamp=CACHE / "stamps" / f"assets-{folder.name}",
        made_from=digest(*parts) if built else "to be built",
        commands=[["npm", "run", "build"]],
        folder=folder,
        check=check_node,
    )


RUNTIME: list[Callable[[], Step]] = [
    venv_step,
    lambda: packages_step("runtime"),
    project_step,
    node_packages_step,
    lambda: assets_step(FRONTEND, "the pages' scripts"),
    lambda: node_packages_step(WEBSDK, "npm packages of the web SDK"),
    lambda: assets_step(WEBSDK, "the web SDK", FRONTEND / "licences.mjs"),
]

PARTS: dict[str, list[Callable[[], Step]]] = {
    "runtime": RUNTIME,
    "dev": [*RUNTIME, lambda: packages_step("dev")],
    "bench": [
        *RUNTIME,
        lambda: packages_step("dev"),
        lambda: packages_step("bench"),
        lambda: node_packages_step(PEERS, "npm packages of peers to measure"),
    ],
}


def run_command(command: list[str], folder: Path, log: TextIO, show: Callable[[], None]) -> None:
    """Run *command* with its output in *log*, calling *show* once a second meanwhile."""
    log.write(f"$ {' '.join(command)}\n")
    log.flush()
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    ) as process:
        while process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            show()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)


def carry_out(step: Step, log: TextIO) -> None:
    """Do *step*, telling what is done and how long it takes."""
    started = time.monotonic()
    line = f"  {step.title:<48}"

    def show() -> None:
        print(f"\r{line}{time.monotonic() - started:6.0f} s", end="", flush=True)

    live = sys.stdout.isatty()
    print(line, end="", flush=True)
    for command in step.commands:
        run_command(command, step.folder, log, show if live else lambda: None)
    if live:
        print(f"\r{line}", end="")
    print(f"{time.monotonic() - started:6.1f} s", flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Wait for another set-up in this folder, so that two never write at once."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(part: str) -> None:
    # Asked first, so that nobody waits for packages only to hear that a program is missing.
    for describe in PARTS[part]:
        step = describe()
        if not step.is_done():
            step.check()

    log: TextIO | None = None
    for describe in PARTS[part]:
        step = describe()
        if step.is_done():
            continue
        if log is None:
            print(f"Setting up Grantway (full output: {LOG.relative_to(ROOT)})")
        with LOG.open("w" if log is None else "a") as log:
            carry_out(step, log)
        # Asked again, because what was built is part of what it is made from.
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(describe().made_from)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in PARTS:
        print(f"usage: {sys.argv[0]} {'|'.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        with alone():
            install(sys.argv[1])
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        tail = LOG.read_text(errors="replace").splitlines()[-SHOWN_ON_FAILURE:]
        print("\n\n" + "\n".join(tail), file=sys.stderr)
        print(
            f"\nSet-up stopped: `{' '.join(failed.cmd)}` ended with status {failed.returncode}.\n"
            f"The full output is in {LOG.relative_to(ROOT)}. Without a network nothing new can be "
            "installed; otherwise call the same command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped. Call it again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
