"""Installing a widget over HTTP, with the three requests that a browser makes of it."""

from __future__ import annotations

import asyncio
import re
import time
from urllib.parse import urlencode, urlsplit

import msgspec

from benchmarks.callers import Caller
from benchmarks.installers import Administrator
from benchmarks.processes import Fault
from grantway.kernel.addresses import CONTROL, Addresses
from grantway.web.cookies import Cookies

DWELL_SECONDS = 0.81  # a little more than the confirmation has to be looked at
_NONCE = re.compile(rb'name="nonce" value="(gwinst_[A-Za-z0-9]+)"')
_REFUSED = range(400, 500)


class Installer:
    """An administrator at a browser, who installs one widget after the other."""

    def __init__(self, port: int, addresses: Addresses, who: Administrator) -> None:
        self.who = who
        self._callers = (Caller(port), Caller(port))
        name = Cookies(is_secure=addresses.is_secure).session
        above, below = addresses.origin(CONTROL), addresses.origin(who.subdomain)
        self._workspace = {
            "host": addresses.authority(who.subdomain),
            "cookie": f"{name}={who.workspace}",
            "origin": below,
            "x-requested-with": "XMLHttpRequest",
            "content-type": "application/json",
            "sec-fetch-site": "same-origin",
            "sec-fetch-mode": "cors",
            "sec-fetch-dest": "empty",
        }
        self._control = {
            "host": addresses.authority(CONTROL),
            "cookie": f"{name}={who.control}",
            "sec-fetch-mode": "navigate",
            "sec-fetch-dest": "document",
            "sec-fetch-user": "?1",
        }
        self._from_below = {"sec-fetch-site": "same-site"}
        self._by_hand = {
            "origin": above,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        }

    async def install(self, client_id: str, *, twice: bool = False) -> float:
        """Wish, look, and confirm; return when it was done.

        *twice*: the confirmation is sent over two connections at the same moment,
        and one of them has to be refused.
        """
        first, second = self._callers
        wish = {"client_uuid": client_id, "action": "install", "running": []}
        wished = await first.call(
            "POST", "/ajax/v1/install-intents", self._workspace, msgspec.json.encode(wish)
        )
        told = msgspec.json.decode(wished.must_be(200, "the wish").body)
        path = urlsplit(told["confirm_url"]).path
        page = await first.call("GET", path, self._control | self._from_below)
        nonce = _NONCE.search(page.must_be(200, "the question").body)
        if nonce is None:
            raise Fault(f"the question has no nonce: {page.body[:500]!r}")
        await asyncio.sleep(DWELL_SECONDS)
        fields = {
            "form_token": self.who.form_token,
            "nonce": nonce[1].decode(),
            "consent": "yes",
            "decision": "confirm",
        }
        given = ("POST", path, self._control | self._by_hand, urlencode(fields).encode())
        if not twice:
            (await first.call(*given)).must_be(303, "the confirmation")
            return time.perf_counter()
        answers = await asyncio.gather(first.call(*given), second.call(*given))
        statuses = sorted(one.status for one in answers)
        if statuses[0] != 303 or statuses[1] not in _REFUSED:
            raise Fault(f"a confirmation that came twice was answered {statuses}")
        return time.perf_counter()

    def close(self) -> None:
        for one in self._callers:
            one.close()
