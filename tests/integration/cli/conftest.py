"""A platform to run commands on: a stopped demo's folder, or PostgreSQL named by settings."""

from pathlib import Path

import pytest

from tests.demos import running_demo
from tests.integration.cli.command_line import SECRET_KEY, CommandLine, MakeIntegration


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a demo that ran and was stopped; its tests share it."""
    folder = tmp_path_factory.mktemp("cli")
    with running_demo(folder, "--data", str(folder / "data")):
        pass
    return folder / "data"


@pytest.fixture
def settings_of_postgresql(postgresql_url: str) -> dict[str, str]:
    return {
        "GRANTWAY_DATABASE": postgresql_url,
        "GRANTWAY_SECRET_KEY": SECRET_KEY,
        "GRANTWAY_DOMAIN": "grantway.test",
    }


@pytest.fixture
def empty_platform(settings_of_postgresql: dict[str, str]) -> CommandLine:
    """Return the command line of a migrated PostgreSQL database with nothing in it."""
    return CommandLine(settings_of_postgresql)


@pytest.fixture(params=["demo", "postgresql"])
def platform(request: pytest.FixtureRequest) -> CommandLine:
    """Return the command line of a platform with account acme and its administrator Alice."""
    if request.param == "demo":
        folder: Path = request.getfixturevalue("demo_folder")
        return CommandLine(target=("--data", str(folder)))
    platform: CommandLine = request.getfixturevalue("empty_platform")
    platform.done("key", "create")
    platform.done("account", "create", "acme", "--name", "Acme")
    platform.done(
        *("user", "create", "alice@acme.example", "--name", "Alice"),
        *("--account", "acme", "--role", "administrator", "--password-stdin"),
        typed="alice's long password\n",
    )
    return platform


@pytest.fixture
def make_integration(platform: CommandLine) -> MakeIntegration:
    """Create a private integration of acme; a test changes the options that it is about."""

    def make(*options: str) -> dict[str, str]:
        made: dict[str, str] = platform.json("integration", "create", "--account", "acme", *options)
        return made

    return make
