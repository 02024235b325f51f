"""Tab Listing: links and pictures of a draft, uploaded, kept, taken away."""

import httpx
import pytest

from grantway.integrations import public
from grantway.integrations.model import Texts
from grantway.integrations.public import PublicSettings
from grantway.moderation import drafts, forms
from grantway.moderation.model import Presentation
from tests.integration.web_client import BOB, CHARLIE, CONTROL, Browser, Web
from tests.picture_files import picture_file

LINKS = {
    "privacy_uri": "https://parcel.example/privacy",
    "support_uri": "https://parcel.example/help",
    "support_email": "help@parcel.example",
}
Files = list[tuple[str, bytes]]
EVERYTHING: Files = [
    ("icon", picture_file("icon")),
    ("logo", picture_file("logo")),
    ("gallery", picture_file("slide")),
    ("gallery", picture_file("slide", shade=1)),
]


@pytest.fixture
async def tab(web: Web) -> str:
    """Return the tab of a draft of acme, in English and Spanish."""
    async with web.api.db.write() as tx:
        await tx.change("update accounts set is_technical = true where subdomain = 'acme'")
        actor = web.api.acme.actor
        settings = PublicSettings(name="Parcel tracker via Dana")
        made = await public.create_public(tx, actor, settings, web.clock())
        spanish = Texts("es", "Paquetes via Dana")
        await forms.write_texts(tx, actor, made.client_id, spanish, web.clock())
    return f"/accounts/acme/integrations/{made.client_id}/listing"


async def send(
    browser: Browser, tab: str, files: Files, /, *, token: str = "", **fields: str | list[str]
) -> httpx.Response:
    """Send the form as a browser does."""
    sent = {"form_token": token or browser.form_token(), "language": "en", **LINKS, **fields}
    encoded = httpx.Request(
        "POST",
        "https://unused.example",
        data=sent,
        files=[(name, (f"{name}.png", content, "image/png")) for name, content in files]
        or [("icon", ("", b""))],
    )
    headers = {
        "content-type": encoded.headers["content-type"],
        "origin": f"https://{browser.host(CONTROL)}",
        "sec-fetch-site": "same-origin",
    }
    return await browser.request(
        "POST", tab, label=CONTROL, headers=headers, content=encoded.read()
    )


async def shown(web: Web, tab: str, language: str = "en") -> Presentation:
    async with web.api.db.read() as reader:
        version = await drafts.newest(reader, web.api.acme.actor, tab.split("/")[4])
    return next(one for one in version.content.presentations if one.language == language)


async def test_links_and_pictures_are_stored_and_shown(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    saved = await send(alice, tab, EVERYTHING)
    one = await shown(web, tab)
    await alice.open(saved.headers["location"])

    assert saved.status_code == 303
    assert (one.support_uri, one.support_email) == (LINKS["support_uri"], LINKS["support_email"])
    assert len(one.gallery) == 2
    for name in one.pictures:
        assert f"https://www.grantway.test/pictures/{name}.png" in alice.page
        answer = await alice.get(f"/pictures/{name}.png", "www")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")


async def test_a_picture_stays_is_replaced_or_goes(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    await send(alice, tab, EVERYTHING)
    before = await shown(web, tab)
    await alice.get(tab)
    new = [("icon", picture_file("icon", shade=9))]
    changed = await send(alice, tab, new, keep_logo="yes", keep=[before.gallery[1], "0" * 64])
    after = await shown(web, tab)
    await alice.get(tab)
    emptied = await send(alice, tab, [])

    assert (changed.status_code, emptied.status_code) == (303, 303)
    assert after.logo == before.logo
    assert after.icon not in {"", before.icon}
    assert after.gallery == before.gallery[1:]
    assert (await shown(web, tab)).pictures == ()


async def test_each_language_has_its_own(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(f"{tab}?language=es")
    saved = await send(alice, tab, EVERYTHING[:1], language="es")
    unknown = await send(alice, tab, [], language="tr")

    assert saved.status_code == 303
    assert unknown.status_code == 422
    assert (await shown(web, tab, "es")).icon
    assert not (await shown(web, tab)).icon


@pytest.mark.parametrize(
    ("files", "fields", "told"),
    [
        ([("icon", picture_file("logo"))], {}, "Expected 400 x 272 pixels"),
        ([("logo", b"GIF89a")], {}, "Expected "),
        ([], {"support_uri": "http://parcel.example"}, "It must begin with https://"),
        ([], {"support_email": "help"}, "Write an e-mail address"),
        (
            [("gallery", picture_file("slide", shade=n)) for n in range(6)],
            {},
            "Choose at most 5 slides",
        ),
    ],
)
async def test_what_cannot_be_shown_is_told_by_field_and_nothing_changes(
    web: Web, alice: Browser, tab: str, files: Files, fields: dict[str, str], told: str
) -> None:
    await alice.get(tab)
    refused = await send(alice, tab, files, **fields)

    assert refused.status_code == 422
    assert told in alice.text()
    assert (await shown(web, tab)).pictures == ()
    assert (await send(alice, tab, EVERYTHING)).status_code == 303


async def test_more_files_than_there_is_room_for_are_not_read(
    web: Web, alice: Browser, tab: str
) -> None:
    await alice.get(tab)
    token = alice.form_token()
    eight = [("gallery", picture_file("slide", shade=n)) for n in range(8)]
    many = await send(alice, tab, eight, token=token)
    foreign = await send(alice, tab, [("privacy_uri", b"x")], token=token)
    huge = await send(alice, tab, [("icon", b"x" * 20_000_000)], token=token)

    assert (many.status_code, foreign.status_code, huge.status_code) == (400, 400, 413)
    assert (await shown(web, tab)).pictures == ()


async def test_nobody_else_stores_anything(web: Web, alice: Browser, tab: str) -> None:
    await alice.get(tab)
    forged = await send(alice, tab, EVERYTHING, token=alice.form_token()[::-1])
    for email, status in ((BOB, 403), (CHARLIE, 404)):
        other = await web.signed_in(email)
        await other.get("/")
        assert (await send(other, tab, EVERYTHING)).status_code == status
    stranger = web.browser()
    assert (await send(stranger, tab, EVERYTHING, token="none")).status_code == 303

    assert forged.status_code == 403
    assert (await shown(web, tab)).pictures == ()
    await alice.get(tab)
    assert (await send(alice, tab, EVERYTHING)).status_code == 303
