"""The command line as its users meet it: arguments in; text, JSON and an exit status out."""

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from click.testing import CliRunner

from grantway.cli import main
from tests.demos import GRANTWAY, START_DEADLINE, clean_environment

SECRET_KEY = base64.b64encode(bytes(range(32))).decode()


# They stay when they are not refused, so they run in a process that can be ended.
SERVERS = {"demo", "serve"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands on one platform, named by settings or by `--data`."""

    settings: dict[str, str] = field(default_factory=dict)
    target: tuple[str, ...] = ()

    def run(self, *arguments: str, typed: str | None = None, **settings: str | None) -> Outcome:
        """Run a command; *settings* replace those of the platform, None takes one away."""
        wanted: dict[str, str | None] = {**self.settings, **settings}
        command = [*arguments, *self.target]
        if arguments[0] in SERVERS:
            return run_program(command, {k: v for k, v in wanted.items() if v is not None})
        done = CliRunner().invoke(main, command, input=typed, env=wanted, prog_name="grantway")
        return Outcome(done.exit_code, done.stdout, done.stderr)

    def done(self, *arguments: str, typed: str | None = None) -> str:
        """Run a command that must succeed; return what it printed."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, typed: str | None = None) -> Any:
        """Run a command that must succeed with `--json`; return what it printed."""
        return json.loads(self.done(*arguments, "--json", typed=typed))

    def refused(self, *arguments: str, typed: str | None = None) -> str:
        """Run a command that must be refused with status 1; return its one line of error."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        return result.stderr.removeprefix("Error: ").rstrip("\n")


def run_program(arguments: list[str], settings: dict[str, str]) -> Outcome:
    """Run `grantway` in a process of its own; one that goes on is a failure."""
    done = subprocess.run(
        [*GRANTWAY, *arguments],
        stdin=subprocess.DEVNULL,
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=START_DEADLINE,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


MakeIntegration = Callable[..., dict[str, str]]
