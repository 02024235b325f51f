"""Run a program until whoever started it is gone: `python -m grantway.demo.minded FILE`.

A demo that is killed ends nothing by itself. But its end of our standard input
closes with it, and nobody else holds one.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from pathlib import Path


def _leave_with_the_demo() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


if __name__ == "__main__":
    program = Path(sys.argv[1])
    threading.Thread(target=_leave_with_the_demo, daemon=True).start()
    sys.path[0] = str(program.parent)  # as Python itself does for a program
    runpy.run_path(str(program), run_name="__main__")
