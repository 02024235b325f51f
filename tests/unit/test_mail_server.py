"""Which mail server an address means, and that nothing of a bad one is repeated."""

import pytest

from grantway.notices.mail_server import read_mail_server
from grantway.settings import SettingsError, read_settings

SETTINGS = {
    "GRANTWAY_DATABASE": "sqlite:////tmp/grantway.db",
    "GRANTWAY_SECRET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "GRANTWAY_DOMAIN": "grantway.test",
}
SMTP = "smtp://grantway:s3cret@mail.example"


@pytest.mark.parametrize(
    ("address", "host", "port", "is_tls", "user", "password"),
    [
        ("smtp://mail.example", "mail.example", 587, False, None, None),
        ("smtp://mail.example:25/", "mail.example", 25, False, None, None),
        ("smtps://mail.example", "mail.example", 465, True, None, None),
        (
            "smtp://a%40b.test:p%3A%2F%25@mail.example:25",
            "mail.example",
            25,
            False,
            "a@b.test",
            "p:/%",
        ),
        ("smtps://u:%C3%B1@[::1]:4650", "::1", 4650, True, "u", "ñ"),
    ],
)
def test_an_address_names_a_server(
    address: str,
    host: str,
    port: int,
    is_tls: bool,  # noqa: FBT001 - a parameter
    user: str | None,
    password: str | None,
) -> None:
    one = read_mail_server(address)

    assert (one.host, one.port, one.is_tls) == (host, port, is_tls)
    assert (one.user, one.password) == (user, password)
    assert password is None or password not in repr(one)


@pytest.mark.parametrize(
    "address",
    [
        *("mail.example", "http://s3cret@mail.example", "smtp://", "smtp://u:s3cret@"),
        *("smtp://u:s3@cret@mail.example", "smtp://u:s3/cret@mail.example"),
        *("smtp://u:s3cret@mail.example:port", "smtp://u:s3cret@mail.example:0"),
        *("smtp://u:s3cret@mail.example:65536", "smtp://s3cret@mail.example"),
        *("smtp://u:s3cret%0d%0a@mail.example", "smtp://u:s3cret%ff@mail.example"),
        *("smtp://u:s3cret@mail.example?x=1", "smtp://u:s3cret@mail.example/inbox"),
    ],
)
def test_a_bad_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(SETTINGS | {"GRANTWAY_SMTP": address, "GRANTWAY_MAIL_FROM": "g@g.test"})
    (problem,) = refused.value.problems

    assert problem.startswith("GRANTWAY_SMTP: ")
    assert "cret" not in problem


def test_a_server_needs_an_address_to_send_from() -> None:
    with pytest.raises(SettingsError, match="GRANTWAY_MAIL_FROM is not set"):
        read_settings(SETTINGS | {"GRANTWAY_SMTP": SMTP})
    found = read_settings(SETTINGS | {"GRANTWAY_SMTP": SMTP, "GRANTWAY_MAIL_FROM": "g@g.test"})

    assert found.mail_server == read_mail_server(SMTP)
    assert "s3cret" not in repr(found)
    assert read_settings(SETTINGS).mail_server is None


@pytest.mark.parametrize(
    "address", ["grantway", "a@b", "g@g.test\nBcc: x@y.test", "señal@g.test", "Grantway <g@g.test>"]
)
def test_an_address_to_send_from_is_one_plain_address(address: str) -> None:
    with pytest.raises(SettingsError, match="write an address like grantway@"):
        read_settings(SETTINGS | {"GRANTWAY_SMTP": SMTP, "GRANTWAY_MAIL_FROM": address})
