"""Find the programs that tests and benchmarks drive, and install those that are missing.

They are parts of the system and no Python packages: a browser, a database
server, a server of counters, the interpreters of the samples that we print.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Debian keeps the server's programs off the PATH, one folder a version.
POSTGRESQL_FOLDERS = "/usr/lib/postgresql/*/bin"
POSTGRESQL_PROGRAMS = ("initdb", "postgres")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
GUZZLE = Path("/usr/share/php/GuzzleHttp/autoload.php")

# Either counts the rate limits; Debian has the second in every release.
VALKEY_NAMES = ("valkey-server", "redis-server")

# Tells Debian to make no database for everybody while it installs the server's programs.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/grantway-setup.conf")
# Tells it to start no server.
NO_SERVICE = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True, slots=True)
class Part:
    """A program of the system: what it is for, how to see it, and Debian's packages of it."""

    name: str
    why: str
    is_there: Callable[[], bool]
    packages: tuple[str, ...]


def find_chromium() -> Path | None:
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((Path(path) for path in found if path), None)


def find_postgresql() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    by_version = sorted(
        Path("/").glob(POSTGRESQL_FOLDERS[1:]), key=lambda folder: folder.parent.name.zfill(4)
    )
    for folder in [*folders, *reversed(by_version)]:
        if all((folder / program).is_file() for program in POSTGRESQL_PROGRAMS):
            return folder
    return None


def find_valkey() -> Path | None:
    """Return the program of a Valkey or Redis server."""
    found = (shutil.which(name) for name in VALKEY_NAMES)
    return next((Path(path) for path in found if path), None)


def php_is_there() -> bool:
    if shutil.which("php") is None or not (GUZZLE.is_file() or "PHP_AUTOLOAD" in os.environ):
        return False
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=False).stdout
    return "curl" in modules.split()


CHROMIUM = Part(
    name="Chromium",
    why="browser tests and the benchmark of a card walk through the pages as a person does",
    is_there=lambda: find_chromium() is not None,
    packages=("chromium",),
)
POSTGRESQL = Part(
    name="PostgreSQL's server programs (initdb, postgres)",
    why="every test of stored data runs on SQLite and on a temporary PostgreSQL server",
    is_there=lambda: find_postgresql() is not None,
    packages=("postgresql",),
)

TESTS = [
    CHROMIUM,
    POSTGRESQL,
    Part(
        name="Valkey's or Redis' server program (valkey-server, redis-server)",
        why="the rate limits that hold over all processes are counted in a temporary server",
        is_there=lambda: find_valkey() is not None,
        packages=("redis-server",),
    ),
    Part(
        name="PHP with its curl extension and Guzzle",
        why="the PHP sample is run as it is printed (PHP_AUTOLOAD may name another autoload.php)",
        is_there=php_is_there,
        packages=("php-cli", "php-curl", "php-guzzlehttp-guzzle"),
    ),
    Part(
        name="curl",
        why="the curl samples are run as they are printed",
        is_there=lambda: shutil.which("curl") is not None,
        packages=("curl",),
    ),
]

BENCH = [
    CHROMIUM,
    POSTGRESQL,
    Part(
        name="wrk",
        why="benchmarks load the server with it",
        is_there=lambda: shutil.which("wrk") is not None,
        packages=("wrk",),
    ),
    Part(
        name="taskset",
        why="benchmarks keep the server on one processor core",
        is_there=lambda: shutil.which("taskset") is not None,
        packages=("util-linux",),
    ),
]


def as_root() -> list[str] | None:
    """Return what to write before a command to run it as root; None when that is impossible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install(packages: list[str]) -> None:
    """Install Debian's *packages*, as far as this machine and this user allow it."""
    root = as_root()
    if root is None or shutil.which("apt-get") is None:
        return
    print(f"Installing {' '.join(packages)} by apt-get ...", flush=True)
    quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    guards = [guard for guard in _guards(packages) if _write(root, *guard)]
    subprocess.run([*quiet, "update"], check=False)
    subprocess.run(
        [*quiet, "install", "--yes", "--no-install-recommends", *packages],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    for path, _ in guards:
        subprocess.run([*root, "rm", "-f", str(path)], check=False)


def _guards(packages: list[str]) -> list[tuple[Path, str]]:
    """Return the files that keep Debian from running servers for everybody, and their texts."""
    found = []
    # Only where Debian's PostgreSQL is new here: one that is in use keeps its ways.
    if "postgresql" in packages and not Path("/usr/bin/pg_createcluster").exists():
        found.append((NO_CLUSTER, "create_main_cluster = false\n"))
    if "redis-server" in packages and not NO_SERVICE.exists():
        found.append((NO_SERVICE, "#!/bin/sh\nexit 101\n"))
    return found


def _write(root: list[str], path: Path, text: str) -> bool:
    """Write a file as root that may be run as a program; return whether that went well."""
    subprocess.run([*root, "mkdir", "-p", str(path.parent)], check=False)
    command = [*root, "sh", "-c", 'cat > "$0" && chmod 755 "$0"', str(path)]
    return subprocess.run(command, input=text, text=True, check=False).returncode == 0


def missing(parts: list[Part]) -> list[Part]:
    return [part for part in parts if not part.is_there()]


def main() -> int:
    wanted = {"tests": TESTS, "bench": BENCH}.get(sys.argv[1] if sys.argv[1:] else "tests")
    if wanted is None:
        print(f"usage: {sys.argv[0]} [tests|bench]", file=sys.stderr)
        return 2
    if absent := missing(wanted):
        install([package for part in absent for package in part.packages])
    still_absent = missing(wanted)
    for part in still_absent:
        print(
            f"{part.name}: not found, and could not be installed from here.\n"
            f"  wanted because {part.why}\n"
            f"  on Debian and Ubuntu: sudo apt-get install {' '.join(part.packages)}",
            file=sys.stderr,
        )
    return 1 if still_absent else 0


if __name__ == "__main__":
    sys.exit(main())
