"""Manifests that may be loaded and mean mischief: they are data on every page (S-136, S-139)."""

from typing import Any

from grantway.installing.model import Channel
from grantway.installing.service import install
from tests.integration.install_world import call
from tests.integration.web_client import ALICE, Web
from tests.integration.widget_world import make_private, upload
from tests.widget_archives import MANIFEST, TEXTS, manifest, png, widget_zip, written

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\0\u202e"
DEEP: Any = "end"
for _ in range(8):
    DEEP = {"widget.name": [DEEP]}
ODD: list[Any] = [None, True, -1, 1.5, "", EVIL, "a." * 500, [], {}, [[EVIL]], {EVIL: EVIL}, DEEP]
LOCATIONS = [
    *("lcard-1", "llist-1", "settings", "everywhere", "widget_page", "advanced_settings"),
    *("digital_pipeline", "salesbot_designer", "lead_sources"),
]


def hostile(odd: Any) -> bytes:
    """Return an archive in whose manifest *odd* stands wherever nothing else has to."""
    inside = {"title": odd, "name": odd, "icon": odd, "sort": odd, "settings": odd, "submenu": odd}
    widget = MANIFEST["widget"] | {"version": str(odd)[:50], "is_showcase": bool(odd)}
    return widget_zip(
        {
            "manifest.json": manifest(
                widget=widget,
                locations=LOCATIONS,
                settings={EVIL.replace("\0", "").replace("\u202e", ""): {"type": "text"}},
                tour={"is_tour": odd, "tour_images": {"en": odd}, "tour_description": odd},
                dp={"settings": {"x": inside, EVIL: odd}, "title": odd, "action_multiple": odd},
                salesbot_designer={"logo": odd, "x": inside, EVIL: {"settings": {EVIL: odd}}},
                advanced=inside,
                left_menu={"x": inside, EVIL: inside, "leads": odd, "y": odd}
                | {"z": {"title": odd, "submenu": {"a": odd, "b": inside, EVIL: inside}}},
                left=odd,
            ),
            "i18n/en.json": written(TEXTS | {"widget": TEXTS["widget"] | {"name": EVIL}}),
            "images/logo_dp.png": png(174, 109),
        }
    )


async def become(web: Web, client_id: str, kind: str, status: str) -> None:
    """Make it public, or the left menu would not ask it; or private, to take uploads at once."""
    async with web.api.db.write() as tx:
        await tx.change(
            "update integrations set kind = :kind, status = :status where client_id = :client_id",
            kind=kind,
            status=status,
            client_id=client_id,
        )


async def test_no_manifest_breaks_a_page_or_gets_out_of_it(web: Web) -> None:
    api, acme = web.api, web.api.acme
    public, waiting = await make_private(web), await make_private(web)
    (lead,) = await api.add_leads({"name": "Chairs"})
    alice = await web.entered(ALICE)
    for odd in ODD:
        raw = hostile(odd)
        await become(web, public, "private", "private")
        await upload(web, waiting, raw)
        code = (await upload(web, public, raw)).code
        await become(web, public, "public", "published")
        async with api.db.write() as tx:
            now = api.clock()
            await install(tx, acme.actor, public, channel=Channel.UI, now=now, settings={})
        paths = ("/settings/integrations/", "/leads/", f"/leads/detail/{lead}", "/todo/")
        texts = []
        for path in (*paths, f"/settings/widgets/{code}/advanced", f"/widget_page/{code}"):
            answer = await alice.get(path, "acme")
            assert answer.status_code == 200 or (odd_menu(path) and answer.status_code == 404)
            texts.append(answer.text)
        tab = await alice.get(f"/accounts/acme/integrations/{waiting}/widget")
        told = await call(alice, "GET", "/ajax/v1/widgets")
        one = await api.get(f"/api/v4/widgets/{code}")

        assert [x.status_code for x in (tab, told, one)] == [200] * 3
        assert one.json()["code"] == code
        assert not any("<script>alert" in x or "<img src=x" in x for x in (*texts, tab.text))


def odd_menu(path: str) -> bool:
    """Tell whether it is the page of an item that may not have become one."""
    return path.startswith("/widget_page/")


async def test_a_description_that_takes_long_to_clean_is_cut(web: Web) -> None:
    endless = TEXTS["widget"] | {"description": "<ol><li>" * 60_000}
    texts = written(TEXTS | {"widget": endless})
    client_id = await make_private(web)
    await upload(web, client_id, widget_zip({"i18n/en.json": texts}))
    async with web.api.db.write() as tx:
        now, actor = web.api.clock(), web.api.acme.actor
        await install(
            tx, actor, client_id, channel=Channel.UI, now=now, settings={"depot": "North"}
        )
    alice = await web.entered(ALICE)
    answer = await call(alice, "GET", "/ajax/v1/widgets")
    (shown,) = answer.json()["widgets"]

    assert 0 < shown["listing"]["description_html"].count("<li>") < 2000
