"""Run a program until whoever started it is gone: `python -m grantway.demo.minded FILE SECONDS`.

A demo that is killed ends nothing by itself. But its end of our standard input
closes with it, and nobody else holds one. SECONDS are those by which the demo's
clock is moved: the program is told the same time, and need not know of it.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time
from pathlib import Path


def _leave_with_the_demo() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def _move_clock(seconds: int) -> None:
    machine = time.time  # noqa: TID251 - this makes the clock, of a program that knows none of ours
    time.time = lambda: machine() + seconds  # noqa: TID251 - see above


if __name__ == "__main__":
    program, offset = Path(sys.argv[1]), int(sys.argv[2])
    if offset:
        _move_clock(offset)
    threading.Thread(target=_leave_with_the_demo, daemon=True).start()
    sys.path[0] = str(program.parent)  # as Python itself does for a program
    runpy.run_path(str(program), run_name="__main__")
