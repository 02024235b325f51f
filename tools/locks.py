"""Write the lock files: every package with its version and hashes, and no address.

Where packages come from is the business of the machine that installs them, so
nothing of the machine that made the lock may stand in it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"

# Each lock is whole by itself; those below the first agree with it.
LOCKS = {
    "runtime": ["build"],
    "dev": ["build", "dev"],
    "bench": ["build", "dev", "bench"],
}

_ALLOWED_LINE = re.compile(
    r"""
      \#\ .*                                  # the head of the file
    | \ {4}\#\ .*                             # who wants the package
    | \ {4}--hash=sha256:[0-9a-f]{64}(\ \\)?
    | [a-z0-9._-]+(\[[a-z0-9,._-]+\])?==[^\s:/@]+(\ ;\ [^:/@]+)?\ \\
    """,
    re.VERBOSE,
)


def foreign_lines(lock: str) -> list[str]:
    r"""Return the lines of *lock* that say more than versions, hashes and reasons.

    >>> foreign_lines("click==8.5.1 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    []
    >>> foreign_lines("--find-links /somewhere\nclick @ file:///tmp/click.whl\n")
    ['--find-links /somewhere', 'click @ file:///tmp/click.whl']
    """
    return [
        line for line in lock.splitlines() if not _ALLOWED_LINE.fullmatch(line) or "://" in line
    ]


def compile_lock(name: str, groups: list[str], *, upgrade: bool) -> str:
    """Resolve the project with *groups*, keeping the versions that are locked already."""
    target = Path("requirements", f"{name}.txt")
    command = [
        str(UV),
        *("pip", "compile", "pyproject.toml", "--quiet", "--universal", "--generate-hashes"),
        *("--python-version", "3.11", "--no-config", "--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "make lock", "--output-file", str(target)),
        *(argument for group in groups for argument in ("--group", group)),
        *(["--upgrade"] if upgrade else []),
        *([] if name == "runtime" else ["--constraints", "requirements/runtime.txt"]),
    ]
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    subprocess.run(command, cwd=ROOT, env=own, check=True)
    return (ROOT / target).read_text()


def main() -> int:
    if not UV.exists():
        print("uv is missing: run `make setup-dev` first.", file=sys.stderr)
        return 1
    upgrade = "--upgrade" in sys.argv[1:]
    for name, groups in LOCKS.items():
        lock = compile_lock(name, groups, upgrade=upgrade)
        if foreign := foreign_lines(lock):
            print(f"requirements/{name}.txt says too much: {foreign}", file=sys.stderr)
            return 1
        count = len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
        print(f"requirements/{name}.txt: {count} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
