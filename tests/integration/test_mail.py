"""E-mail of notices, through a real mail server on loopback."""

import asyncio
import datetime as dt
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from grantway.accounts import service as accounts
from grantway.db import Database
from grantway.demo.authority import certificates
from grantway.kernel.addresses import Addresses
from grantway.kernel.clock import ManualClock
from grantway.notices import letters, mailer, service
from grantway.notices.mail_server import read_mail_server
from grantway.notices.mailer import Mailer, ServerUnusable
from grantway.notices.model import RETRIES, Kind
from grantway.worker import mailing
from grantway.worker.mailing import Postman
from tests.contract.integration_cast import NOW, People, open_people
from tests.integration.log_capture import captured
from tests.integration.mail_receiver import Mailbox, receiving

ADDRESSES = Addresses("https", "grantway.test", 443)
SENDER = "grantway@grantway.test"
REFUSED = "550 5.1.1 alice@acme.example is unknown here"
LATER = "451 4.7.1 Try again later"
TAKES_NOTHING = "421 4.3.2 Closing"

Results = list[str]
OpenPostman = Callable[..., Postman]


@pytest.fixture
async def people(db: Database) -> People:
    return await open_people(db)


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with receiving() as one:
        yield one


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def results() -> Results:
    return []


@pytest.fixture
def postman_at(people: People, clock: ManualClock, results: Results) -> OpenPostman:
    def open_one(address: str, trust: ssl.SSLContext | None = None) -> Postman:
        sender = Mailer(read_mail_server(address), SENDER, trust=trust)
        return Postman(people.db, sender, ADDRESSES, clock, count=results.append)

    return open_one


@pytest.fixture
def postman(box: Mailbox, postman_at: OpenPostman) -> Postman:
    return postman_at(f"smtp://127.0.0.1:{box.port}")


async def tell(people: People, *, quote: str = "", name: str = "Parcels") -> None:
    async with people.db.write() as tx:
        await service.tell_administrators(
            tx,
            people.alice.account_id,
            Kind.VERSION_QUESTION,
            NOW,
            facts={"integration": name, "version": "2", "quote": quote},
            path="integrations/c/review",
        )


async def states(people: People) -> list[tuple[str, int]]:
    async with people.db.read() as reader:
        mails = await reader.column("select mail from notices order by id")
        tries = await reader.column("select tries from notices order by id")
    return list(zip(mails, tries, strict=True))


async def until(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until *look* finds what is wanted; the suite's own limit ends what never comes."""
    while await look() != wanted:  # noqa: ASYNC110 - the database tells nobody
        await asyncio.sleep(0.01)


def text_of(letter: EmailMessage) -> str:
    text = letter.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


async def test_a_notice_arrives_as_a_plain_letter(
    people: People, postman: Postman, box: Mailbox, results: Results
) -> None:
    await tell(people, name="Café Señal", quote="Where is the key?\nAnd the price?")
    assert await postman.send_due() == 1
    (letter,) = box.letters
    (envelope,) = box.envelopes
    text = text_of(letter)
    sent_at = parsedate_to_datetime(letter["Date"])

    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["alice@acme.example"])
    assert letter["Subject"] == "[Grantway] Café Señal: the moderators have a question"
    assert letter["From"] == f"Grantway <{SENDER}>"
    assert letter["To"] == "alice <alice@acme.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@accounts.grantway.test>")
    assert sent_at == dt.datetime.fromtimestamp(NOW, dt.UTC)
    assert letter.get_content_type() == "text/plain"
    assert "> Where is the key?\n> And the price?\n" in text
    assert "\nhttps://accounts.grantway.test/notices/1\n" in text
    assert "account acme.grantway.test." in text
    assert "\nhttps://accounts.grantway.test/notices#by-mail\n" in text
    assert max(map(len, text.splitlines())) <= 72
    assert (results, await states(people)) == (["sent"], [("sent", 1)])
    assert await postman.send_due() == 0


async def test_a_letter_is_in_the_readers_language(
    people: People, postman: Postman, box: Mailbox
) -> None:
    async with people.db.write() as tx:
        await tx.change("update users set language = 'es' where name = 'alice'")
    await tell(people)
    await postman.send_due()

    assert box.subjects() == ["[Grantway] Parcels: los moderadores tienen una pregunta"]
    assert "\nÁbrelo aquí:\nhttps://" in text_of(box.letters[0])


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: mallory@evil.example", "\nX: y\n\nHello", "\x00\x1b[2J"]
)
async def test_nobody_writes_headers_of_others(
    people: People, postman: Postman, box: Mailbox, evil: str
) -> None:
    async with people.db.write() as tx:
        user = await accounts.user_by_id(tx, people.alice.user_id)
        # As no form of ours lets it be, which is no reason to rely on that.
        if "\x00" not in evil:
            await tx.change("update users set name = :name where id = :id", name=evil, id=user.id)
    await tell(people, name=f"Parcels{evil}", quote=f"Question{evil}")
    assert await postman.send_due() == 1
    (letter,) = box.letters

    assert set(letter.keys()) == {
        *("From", "To", "Subject", "Date", "Auto-Submitted", "Message-ID"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
    assert box.envelopes[0].rcpt_tos == ["alice@acme.example"]
    assert not any(ord(sign) < ord(" ") for sign in letter["Subject"] + letter["To"])
    assert "\x1b" not in text_of(letter)


async def test_with_a_password_it_signs_in_over_tls(
    people: People, postman_at: OpenPostman, tmp_path: Path
) -> None:
    files = certificates(tmp_path, "mail.test", int(time.time()))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    trust = ssl.create_default_context(cafile=files.ca)
    await tell(people)
    async with receiving(tls=tls, needs_sign_in=True) as box:
        address = f"smtp://grantway:pa%3Ass%40word@127.0.0.1:{box.port}"
        # A certificate that nobody knows: the password is not told to it.
        with pytest.raises(ServerUnusable):
            await postman_at(address).send_due()
        assert box.signed_in == []
        # The same without a password, which has nothing to lose, gets as far as the door.
        await _put_due(people)
        with pytest.raises(ServerUnusable, match="530"):
            await postman_at(f"smtp://127.0.0.1:{box.port}").send_due()
        await _put_due(people)
        assert await postman_at(address, trust).send_due() == 1

    assert box.signed_in == [(b"grantway", b"pa:ss@word")]
    assert box.sessions[0].ssl is not None


async def test_a_password_is_told_to_no_server_without_tls(
    people: People, box: Mailbox, postman_at: OpenPostman
) -> None:
    await tell(people)
    with pytest.raises(ServerUnusable):
        await postman_at(f"smtp://grantway:pa%3Ass%40word@127.0.0.1:{box.port}").send_due()

    assert (box.signed_in, box.letters) == ([], [])


async def test_a_wrong_password_is_the_operators_matter(
    people: People, postman_at: OpenPostman, tmp_path: Path
) -> None:
    files = certificates(tmp_path, "mail.test", int(time.time()))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    await tell(people)
    async with receiving(tls=tls, needs_sign_in=True) as box:
        one = postman_at(
            f"smtp://grantway:wrong@127.0.0.1:{box.port}",
            ssl.create_default_context(cafile=files.ca),
        )
        with pytest.raises(ServerUnusable, match="535"):
            await one.send_due()

    # The e-mail is as good as it was, and waits until somebody mends the settings.
    assert await states(people) == [("waiting", 1)]


async def test_what_is_put_off_comes_again_and_arrives_once(
    people: People, postman: Postman, box: Mailbox, clock: ManualClock, results: Results
) -> None:
    box.to_letters = [LATER]
    await tell(people)
    await tell(people, name="Invoices")
    assert await postman.send_due() == 1  # the other one, by the same connection
    assert await postman.send_due() == 0
    clock.advance(RETRIES[0] - 1)
    assert await postman.send_due() == 0
    clock.advance(1)
    assert await postman.send_due() == 1

    assert results == ["put_off", "sent", "sent"]
    assert await states(people) == [("sent", 2), ("sent", 1)]
    assert len({one["Message-ID"] for one in box.letters}) == 2


async def test_a_refused_address_is_given_up_and_named_nowhere(
    people: People, postman: Postman, box: Mailbox, clock: ManualClock, results: Results
) -> None:
    box.to_recipients = [REFUSED]
    await tell(people)
    await tell(people, name="Invoices")
    with captured(clock) as written:
        assert await postman.send_due() == 1
    clock.advance(24 * 3600)
    assert await postman.send_due() == 0
    lines = [json.loads(line) for line in written.getvalue().splitlines()]

    assert results == ["given_up", "sent"]
    assert [(one["event"], one.get("why")) for one in lines] == [
        ("mail.given_up", "550 5.1.1"),
        ("mail.sent", None),
    ]
    assert lines[0]["user"] == people.alice.user_id
    assert b"alice@" not in written.getvalue()


async def test_the_same_letter_sent_again_has_the_same_id(
    people: People, postman: Postman, box: Mailbox
) -> None:
    await tell(people)
    await postman.send_due()
    async with people.db.write() as tx:
        # As after a crash between the server's word and ours.
        await tx.change("update notices set mail = 'claimed'")
        await tx.change("update notices set due_at = 0")
    assert await postman.send_due() == 1

    assert len(box.letters) == 2
    assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]


async def test_a_server_that_is_away_costs_each_letter_one_try(
    people: People, postman_at: OpenPostman, box: Mailbox, clock: ManualClock, results: Results
) -> None:
    async with receiving() as gone:
        away = postman_at(f"smtp://127.0.0.1:{gone.port}")
    await tell(people)
    await tell(people)
    with pytest.raises(ServerUnusable, match="no connection"):
        await away.send_due()
    assert await states(people) == [("waiting", 1), ("waiting", 1)]
    assert results == ["put_off", "put_off"]
    clock.advance(RETRIES[0])

    assert await postman_at(f"smtp://127.0.0.1:{box.port}").send_due() == 2


async def test_a_server_that_closes_in_between_leaves_the_others_untried(
    people: People, postman: Postman, box: Mailbox
) -> None:
    box.to_letters = [TAKES_NOTHING]
    for _ in range(3):
        await tell(people)
    with pytest.raises(ServerUnusable, match="421"):
        await postman.send_due()
    assert sorted(await states(people)) == [("waiting", 0), ("waiting", 0), ("waiting", 1)]

    assert await postman.send_due() == 2


async def test_a_server_that_hangs_holds_up_no_transaction_and_nobody_else(
    people: People,
    postman: Postman,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailer, "SENDING", 0.5)
    box.hangs = True
    await tell(people)
    sending = asyncio.create_task(postman.send_due())
    await until(lambda: states(people), [("claimed", 1)])
    await tell(people)  # writes while the server hangs
    assert not sending.done()
    with pytest.raises(ServerUnusable, match="did not answer in time"):
        await sending
    box.hangs = False

    assert await states(people) == [("waiting", 1), ("waiting", 0)]
    assert await postman.send_due() == 1


async def test_it_sends_by_itself_and_ends_when_it_is_told(
    people: People, postman: Postman, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "POLL_SECONDS", 0.02)
    postman.start()
    await tell(people)
    await until(lambda: states(people), [("sent", 1)])
    await postman.stop()
    await tell(people)
    await asyncio.sleep(0.1)

    assert await states(people) == [("sent", 1), ("waiting", 0)]


async def test_it_goes_on_after_a_server_was_away(
    people: People,
    postman: Postman,
    box: Mailbox,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailing, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(mailing, "_PAUSE_SECONDS", 0.02)
    box.to_letters = [TAKES_NOTHING]
    await tell(people)
    postman.start()
    await until(lambda: states(people), [("waiting", 1)])
    clock.advance(RETRIES[0])
    await until(lambda: states(people), [("sent", 2)])
    await postman.stop()

    assert len(box.letters) == 1


@pytest.mark.parametrize("address", ["señal@acme.example", "alice@señal.example"])
async def test_addresses_of_the_whole_world(
    people: People, postman: Postman, box: Mailbox, address: str
) -> None:
    async with people.db.write() as tx:
        await tx.change(
            "update users set email = :address where id = :id",
            address=address,
            id=people.alice.user_id,
        )
    await tell(people)
    await postman.send_due()

    assert [one.rcpt_tos for one in box.envelopes] == [[address]]


def test_a_test_letter_says_where_it_is_from() -> None:
    letter = letters.write_test("you@example.com", SENDER, ADDRESSES, NOW)

    assert letter.message["Subject"] == "[Grantway] Test of e-mail"
    assert "https://accounts.grantway.test" in text_of(letter.message)


async def _put_due(people: People) -> None:
    async with people.db.write() as tx:
        await tx.change("update notices set due_at = 0")
