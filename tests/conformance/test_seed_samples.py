"""The vendor's printed samples run against a demo that serves the domain compiled into them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demos import clean_environment, running_demo
from tools.system_parts import GUZZLE

ROOT = Path(__file__).parents[2]
DRIVERS = Path(os.environ.get("GRANTWAY_CLIENT_DRIVERS", ROOT.parent / "shared" / "clients"))
DRIVER = DRIVERS / "seed_samples.py"


def test_the_printed_samples_work_unmodified(tmp_path: Path) -> None:
    if not DRIVER.is_file():
        # The drivers and the vendor's page are not ours to give away with the project.
        pytest.skip(f"{DRIVER} is not there; GRANTWAY_CLIENT_DRIVERS may name another folder")
    options = ("--domain", "kommo.com", "--tls", "--public-port", "443", "--no-limits")
    with running_demo(tmp_path, *options) as demo:
        ready, keys = demo.ready, demo.keys
        done = subprocess.run(
            [sys.executable, str(DRIVER)],
            env=clean_environment(
                SUBDOMAIN=keys["account"],
                CLIENT_ID=keys["client_id"],
                CLIENT_SECRET=keys["client_secret"],
                REDIRECT_URI=keys["redirect_uri"],
                LONG_LIVED_TOKEN=keys["long_lived_token"],
                REVOKED_TOKEN=keys["revoked_token"],
                CA_BUNDLE=ready["ca_file"],
                PORT=str(ready["port"]),
                PAUSE="0",
                PHP_AUTOLOAD=os.environ.get("PHP_AUTOLOAD", str(GUZZLE)),
            ),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    lines = done.stdout.splitlines()

    assert [line for line in lines if not line.startswith("ok ")] == [], done.stderr
    assert len(lines) >= 10
    assert done.returncode == 0
