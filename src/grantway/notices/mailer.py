"""Hands e-mail over to the operator's mail server (RFC 5321), with a limit on all that it does."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib

from grantway.notices.letters import Letter
from grantway.notices.mail_server import MailServer

CONNECTING = 15.0
"""Seconds for all that comes before the first e-mail: names, TLS, signing in."""
SENDING = 20.0
"""Seconds for one e-mail, from the first command to the server's word."""
_LEAVING = 2.0
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463


class MailError(Exception):
    """An e-mail was not taken. *why* names no person; *answer* is what the server said.

    The answer may repeat an address, so it is for whoever typed that, and not for a log.
    """

    def __init__(self, why: str, answer: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.answer = answer


class LetterRefused(MailError):
    """This e-mail is not taken, now or later; others may be."""


class LetterPutOff(MailError):
    """This e-mail is not taken now; others may be."""


class ServerUnusable(MailError):
    """No e-mail is taken now: the server is away, refuses us, or says nothing."""


class Line:
    """A connection that is ready to take e-mail."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def send(self, letter: Letter) -> str:
        """Hand over one e-mail; return the server's word. Raises the errors of this module."""
        try:
            async with asyncio.timeout(SENDING):
                _, word = await self._client.send_message(
                    letter.message, sender=self._sender, recipients=[letter.to]
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            (refused,) = error.recipients
            raise _of_letter(refused) from error
        except aiosmtplib.SMTPDataError as error:
            raise _of_letter(error) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise LetterRefused("the server cannot take this address") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise _of_server(error) from error
        except ValueError as error:
            raise LetterRefused("the address cannot be written in an e-mail") from error
        return word


class Mailer:
    """Opens lines to the server. *trust* is whom TLS believes, the system's list by default.

    With a password TLS is required and the server's certificate is checked.
    Without one there is nothing to protect that a listener could not take by
    refusing TLS, so a certificate of the server's own is good enough.
    """

    def __init__(
        self, server: MailServer, sender: str, *, trust: ssl.SSLContext | None = None
    ) -> None:
        self.server = server
        self.sender = sender
        self._trust = trust

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Connect for a few e-mails. Raises ServerUnusable."""
        client = await self._connect()
        try:
            yield Line(client, self.sender)
        finally:
            await _leave(client)

    async def _connect(self) -> aiosmtplib.SMTP:
        one = self.server
        is_checked = one.is_tls or one.password is not None
        client = aiosmtplib.SMTP(
            hostname=one.host,
            port=one.port,
            username=one.user,
            password=one.password,
            use_tls=one.is_tls,
            # None: when the server offers it.
            start_tls=None if one.is_tls or one.password is None else True,
            tls_context=self._context() if is_checked else None,
            validate_certs=is_checked,
            local_hostname=self.sender.rpartition("@")[2],
            timeout=SENDING,
        )
        try:
            async with asyncio.timeout(CONNECTING):
                await client.connect()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            client.close()
            raise _of_server(error) from error
        except BaseException:
            client.close()
            raise
        return client

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, briefly: what was taken is taken."""
    try:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await client.quit()
    finally:
        client.close()


def _of_letter(error: aiosmtplib.SMTPResponseException) -> MailError:
    if error.code == 421:  # RFC 5321, 3.8: the server ends the whole connection
        return _of_server(error)
    kind = LetterRefused if 500 <= error.code < 600 else LetterPutOff
    return kind(_told(error), f"{error.code} {error.message}")


def _of_server(error: BaseException) -> ServerUnusable:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return ServerUnusable(_told(error), f"{error.code} {error.message}")
    if isinstance(error, TimeoutError):
        return ServerUnusable("the server did not answer in time")
    # Of these kinds the text may hold what was sent.
    return ServerUnusable(f"no connection ({type(error).__name__})", str(error))


def _told(error: aiosmtplib.SMTPResponseException) -> str:
    """Return the numbers of an answer; its words may name people."""
    enhanced = _ENHANCED.search(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)
