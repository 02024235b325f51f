"""The import contracts cover every package, so that none is forgotten when it is new."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "grantway"

Contract = dict[str, Any]


def contracts(kind: str) -> list[Contract]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed: list[Contract] = settings["tool"]["importlinter"]["contracts"]
    return [contract for contract in listed if contract["type"] == kind]


def module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)


def modules_in(folder: Path) -> set[str]:
    """Return the packages and modules that stand in *folder* itself."""
    return {
        module(path)
        for path in folder.iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and path.stem[0] != "_")
    }


# Stores whose parts others put into statements of their own.
SHARED = {
    "grantway.crm.entities.store": ("grantway.crm.leads", "grantway.crm.tasks"),
    "grantway.crm.entities.page_store": (
        "grantway.crm.events",
        "grantway.crm.notes",
        "grantway.crm.tasks",
    ),
    "grantway.crm.entities.seeing_store": ("grantway.crm.events",),
}


def test_every_store_is_protected_from_other_packages() -> None:
    protected = {
        name: contract["allowed_importers"]
        for contract in contracts("protected")
        for name in contract["protected_modules"]
    }
    stores = {
        module(path)
        for path in SOURCE.rglob("*")
        if (path.suffix == ".py" and (path.stem == "store" or path.stem.endswith("_store")))
        or (path.name == "store" and (path / "__init__.py").is_file())
    }

    assert protected == {
        store: [store.rpartition(".")[0], *SHARED.get(store, ())] for store in stores
    }


def test_every_package_but_db_is_kept_from_the_drivers() -> None:
    (contract,) = (c for c in contracts("forbidden") if "asyncpg" in c["forbidden_modules"])

    assert set(contract["source_modules"]) == modules_in(SOURCE) - {"grantway.db"}


def test_every_package_but_hooks_is_kept_from_calling_the_outside() -> None:
    (contract,) = (c for c in contracts("forbidden") if "aiohttp" in c["forbidden_modules"])

    assert set(contract["source_modules"]) == modules_in(SOURCE) - {"grantway.hooks"}


def test_every_package_that_is_no_door_is_kept_from_the_web() -> None:
    (contract,) = (c for c in contracts("forbidden") if "starlette" in c["forbidden_modules"])
    doors = {"cli", "demo", "app", "settings", "web", "api", "worker", "asgi"}

    assert set(contract["source_modules"]) == modules_in(SOURCE) - {f"grantway.{n}" for n in doors}


def test_every_domain_package_has_its_inner_layers_checked() -> None:
    (contract,) = (c for c in contracts("layers") if "(store)" in c["layers"])
    with_store = {
        store.rpartition(".")[0] for c in contracts("protected") for store in c["protected_modules"]
    }

    assert set(contract["containers"]) >= with_store


def test_the_origins_of_pages_do_not_know_each_other() -> None:
    folders = {name for name in modules_in(SOURCE / "web") if _folder(name).is_dir()}
    (contract,) = (c for c in contracts("layers") if c["containers"] == ["grantway.web"])
    origins, *shared = contract["layers"]

    assert {f"grantway.web.{name}" for name in [*origins.split(" | "), *shared]} == folders
    assert shared == ["listings"]


def _folder(name: str) -> Path:
    return SOURCE.parent.joinpath(*name.split("."))
