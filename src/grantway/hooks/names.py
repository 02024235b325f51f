"""What addresses a name stands for, asked on threads of our own.

The system's look-up cannot be interrupted and may take much longer than a call
may. So a thread that still waits is counted, for its name and for the account
that the call is about: a name that hangs delays nobody else (S-162).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from grantway.hooks.turns import Turns

_AT_ONCE = 128
_OF_ONE_HOST = 4
_OF_ONE_ACCOUNT = 8

LookUp = Callable[[str, int], list[str]]


def ask_the_system(host: str, port: int) -> list[str]:
    """Return the addresses of *host*; none when there are none, or nobody knows."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Names:
    """Looks names up, so many at once, and so many of one name and for one account."""

    def __init__(self, look_up: LookUp = ask_the_system) -> None:
        self._look_up = look_up
        self._turns = Turns(_AT_ONCE, host=_OF_ONE_HOST, account=_OF_ONE_ACCOUNT)

    async def addresses_of(self, host: str, port: int, account_id: int) -> list[str]:
        """Return the addresses of *host*, once it is the turn of this name and this account.

        Cancelling does not end the look-up, only the waiting for it.
        """
        await self._turns.take(host=host, account=account_id)
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()
        found.add_done_callback(lambda _: self._turns.give_back(host=host, account=account_id))

        def tell(addresses: list[str]) -> None:
            if not found.done():
                found.set_result(addresses)

        def work() -> None:
            addresses: list[str] = []
            try:
                addresses = self._look_up(host, port)
            finally:
                with suppress(RuntimeError):  # the loop has ended, and nobody waits
                    loop.call_soon_threadsafe(tell, addresses)

        # A daemon, or the process would wait for names that hang before it ends.
        threading.Thread(target=work, name="look-up", daemon=True).start()
        return await asyncio.shield(found)
