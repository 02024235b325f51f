"""A mail server on loopback that keeps what it is given, and can be told to misbehave."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 2.0.0 Taken"


class Mailbox:
    """What the server was given, and what it answers: to recipients and to whole e-mails.

    Each list is used up from its beginning; after that it says that all is well.
    """

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.sessions: list[Session] = []
        self.signed_in: list[tuple[bytes, bytes]] = []
        self.to_recipients: list[str] = []
        self.to_letters: list[str] = []
        self.hangs = False

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs:
            await asyncio.sleep(3600)
        answer = self.to_recipients.pop(0) if self.to_recipients else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.to_letters.pop(0) if self.to_letters else OK
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            letter = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.envelopes.append(envelope)
            self.sessions.append(session)
        return answer

    def sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.signed_in.append((given.login, given.password))
        return AuthResult(success=given.password == b"pa:ss@word", handled=False)

    def subjects(self) -> Sequence[str]:
        return [str(one["Subject"]) for one in self.letters]


@asynccontextmanager
async def receiving(
    *, tls: ssl.SSLContext | None = None, needs_sign_in: bool = False
) -> AsyncIterator[Mailbox]:
    """Run the server while the block runs; with *tls* it offers STARTTLS."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    open_ones: list[SMTP] = []

    def answer() -> SMTP:
        open_ones.append(
            SMTP(
                box,
                hostname="mail.example",
                loop=loop,
                tls_context=tls,
                require_starttls=tls is not None,
                auth_required=needs_sign_in,
                authenticator=box.sign_in,
                enable_SMTPUTF8=True,
            )
        )
        return open_ones[-1]

    server = await loop.create_server(answer, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        for one in open_ones:
            if one.transport is not None:
                one.transport.close()
        await asyncio.sleep(0)
