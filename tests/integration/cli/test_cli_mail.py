"""`grantway mail test`: one e-mail at once, and what the server answered."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.cli.command_line import CommandLine
from tests.integration.mail_receiver import Mailbox, receiving

SENDER = {"GRANTWAY_MAIL_FROM": "grantway@grantway.test"}


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run a mail server beside the test, whose command has an event loop of its own."""
    began, boxes = threading.Event(), list[Mailbox]()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with receiving() as box:
            boxes.append(box)
            began.set()
            await over.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    began.wait()
    try:
        yield boxes[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


def test_one_email_is_sent_at_once_and_the_answer_is_told(empty_platform: CommandLine) -> None:
    with mail_server() as box:
        smtp = {"GRANTWAY_SMTP": f"smtp://127.0.0.1:{box.port}"} | SENDER
        done = empty_platform.run("mail", "test", "you@example.com", **smtp)
        printed = empty_platform.run("mail", "test", "you@example.com", "--json", **smtp)
        box.to_recipients = ["550 5.7.1 We do not know you"]
        refused = empty_platform.run("mail", "test", "you@example.com", **smtp)

    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f"smtp://127.0.0.1:{box.port} took the e-mail to you@example.com, "
        "and answered: 2.0.0 Taken\n"
    )
    assert [str(one["Subject"]) for one in box.letters] == ["[Grantway] Test of e-mail"] * 2
    assert json.loads(printed.stdout)["answer"] == "2.0.0 Taken"
    assert refused.exit_code == 1
    assert "did not take the e-mail: 550 5.7.1: 550 5.7.1 We do not know you" in refused.stderr


def test_a_server_that_is_away_is_named(empty_platform: CommandLine) -> None:
    smtp = {"GRANTWAY_SMTP": "smtp://grantway:s3cret@127.0.0.1:9"} | SENDER
    refused = empty_platform.run("mail", "test", "you@example.com", **smtp)

    assert refused.exit_code == 1
    assert "smtp://127.0.0.1:9 did not take the e-mail: no connection" in refused.stderr
    assert "s3cret" not in refused.output


def test_without_a_server_it_says_what_to_set(empty_platform: CommandLine) -> None:
    refused = empty_platform.run("mail", "test", "you@example.com")
    wrong = empty_platform.run("mail", "test", "you")

    assert refused.exit_code == 1
    assert "GRANTWAY_SMTP" in refused.stderr
    assert wrong.exit_code == 2
    assert "write an address like" in wrong.stderr


def test_the_doctor_asks_whether_the_mail_server_lets_us_in(empty_platform: CommandLine) -> None:
    empty_platform.done("key", "create")
    with mail_server() as box:
        smtp = {"GRANTWAY_SMTP": f"smtp://127.0.0.1:{box.port}"} | SENDER
        sound = empty_platform.run("doctor", "--json", **smtp)
        password = {"GRANTWAY_SMTP": smtp["GRANTWAY_SMTP"].replace("//", "//us:pass-word@")}
        wrong = empty_platform.run("doctor", "--json", **(smtp | password))
        letters = len(box.letters)
    away = empty_platform.run("doctor", "--json", **smtp)

    assert {"check": "mail server", "problem": None} in json.loads(sound.stdout)
    assert (sound.exit_code, wrong.exit_code, away.exit_code, letters) == (0, 1, 1, 0)
    for one in (wrong, away):
        (problem,) = [
            row["problem"] for row in json.loads(one.stdout) if row["check"] == "mail server"
        ]
        assert problem.startswith("smtp://127.0.0.1:")
        assert "takes no e-mail from us" in problem
        assert "pass-word" not in one.stdout + one.stderr
