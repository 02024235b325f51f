"""What breaks a rule about archives, and what comes close: files, manifest, texts, styles."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from grantway.moderation.model import Content
from tests.unit.archived import (
    PIPELINE_FILE,
    SCRIPT,
    STYLE,
    WITH_WIDGET,
    manifest,
    texts,
    widget,
)
from tests.widget_archives import png

Files = Mapping[str, bytes | str | None]
AT = 10
"""The line of the sound script where `code` puts what it is given."""


class Case(NamedTuple):
    """An archive that breaks *rule* at *place*, and one that is nearly the same and does not."""

    rule: str
    place: str
    broken: Files
    sound: Files
    content: Content = WITH_WIDGET


def code(rule: str, broken: str, sound: str, line: int | None = None) -> Case:
    """Return a case of code in a callback; it breaks the rule in its last line, or in *line*."""
    at = AT + broken.count("\n") if line is None else line
    return Case(
        rule, f"script.js:{at}", {"script.js": widget(broken)}, {"script.js": widget(sound)}
    )


def styles(rule: str, broken: str, sound: str) -> Case:
    after = STYLE.count("\n") + 1
    return Case(
        rule, f"style.css:{after}", {"style.css": STYLE + broken}, {"style.css": STYLE + sound}
    )


def files(rule: str, place: str, broken: Files, sound: Files) -> Case:
    return Case(rule, place, broken, sound)


def menu(icon: object, **pictures: bytes | str) -> Files:
    """Return an archive with an item in the left menu."""
    document = manifest(
        ("lcard-1", "settings", "widget_page"),
        left_menu={"parcels": {"title": "widget.name", "icon": icon}},
    )
    files = {f"images/{name}.svg": picture for name, picture in pictures.items()}
    script = SCRIPT.replace("onSave:", "initMenuPage: function () {},\n      onSave:")
    return {"manifest.json": document, "script.js": script, **files}


def svg(color: str, inner: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><path fill="{color}" d="M0 0"/>{inner}</svg>\n'


def own_page(**said: str) -> Files:
    """Return an archive with a page of its own in the settings."""
    names = {"en": "Parcels", "es": "Paquetes", "pt": "Pacotes"} | said
    return {
        "manifest.json": manifest(
            ("lcard-1", "settings", "advanced_settings"), advanced={"title": "page.title"}
        ),
        "script.js": SCRIPT.replace("onSave:", "advancedSettings: function () {},\n      onSave:"),
        **{f"i18n/{one}.json": texts(one, page={"title": name}) for one, name in names.items()},
    }


def agents(**said: str) -> Files:
    names = {"en": "Parcels", "es": "Paquetes", "pt": "Pacotes"} | said
    return {
        "manifest.json": manifest(("lcard-1", "settings", "ai_agent")),
        **{
            f"i18n/{one}.json": texts(one, widget={"ai_agent_description": name})
            for one, name in names.items()
        },
    }


UNLIKE = {"description": "Sells flowers, chocolate, balloons and wine around any town tonight."}
BUTTON = '".js-widget-install"'
HOST = "https://code.jquery.com/x.js"
LONG = "var a = 1;" * 100

CASES = [
    # G: conduct.
    code("G9", 'self.hide(".widget-rating-box");', 'self.hide(".parcel-rating");'),
    styles("G9", ".parcel-head .reviews-list { color: red; }", ".parcel-head .views { top: 0; }"),
    # T: texts.
    files("T7", "i18n/en.json:5", {"i18n/en.json": texts("en", widget=UNLIKE)}, {}),
    files(
        "T7",
        "i18n/es.json:3",
        {"i18n/es.json": texts("es", widget={"name": "Otra cosa completamente distinta"})},
        {"i18n/es.json": texts("es", widget={"name": "Paquetes"})},
    ),
    # I: pictures.
    files(
        "I1",
        "images/logo_min.png",
        {"images/logo_min.png": png(42, 42)},
        {"images/logo_min.png": png(84, 84)},
    ),
    files(
        "I1",
        "images/logo_dp.png",
        {
            "manifest.json": manifest(("lcard-1", "digital_pipeline")),
            "images/logo_dp.png": png(174, 110),
        },
        {"manifest.json": manifest(("lcard-1", "digital_pipeline")), **PIPELINE_FILE},
    ),
    files(
        "I1",
        "images/logo.png",
        {"images/logo.png": png(130, 100) + bytes(300_000)},
        {"images/logo.png": png(130, 100) + bytes(200_000)},
    ),
    files(
        "I5",
        "images/tour_en.png",
        {"images/tour_en.png": png(1188, 615)},
        {"images/tour_en.png": png(1188, 616)},
    ),
    files(
        "I6",
        "images/a.png",
        {**menu("/images/a.png"), "images/a.png": png(24, 24)},
        menu("/images/a.svg", a=svg("#808080")),
    ),
    files(
        "I6",
        "images/a.svg:1",
        menu("images/a.svg", a=svg("#808080", "<text>P</text>")),
        menu("images/a.svg", a=svg("#808080", "<path/>")),
    ),
    files("I6", "images/b.svg", menu("images/b.svg"), menu("images/b.svg", b=svg("#808080"))),
    *(
        files(
            "I7",
            "images/a.svg",
            menu("images/a.svg", a=svg(pale)),
            menu("images/a.svg", a=svg("#7a8594")),
        )
        for pale in ("#fff", "white", "#153043", "black")
    ),
    files(
        "I7",
        "images/a.svg",
        menu("images/a.svg", a=svg("#000")),
        menu({"light": "images/a.svg", "dark": "images/b.svg"}, a=svg("#000"), b=svg("#fff")),
    ),
    *(
        files("I7", "images/a.svg", menu(one, a=svg("#000")), menu(one, a=svg("#808080")))
        for one in ({"dark": "images/a.svg"}, dict.fromkeys(("light", "dark"), "images/a.svg"))
    ),
    files(
        "I6",
        "images/a.txt",
        {**menu("images/a.txt"), "images/a.txt": svg("#808080")},
        menu("images/a.svg", a=svg("#808080")),
    ),
    # A: files.
    files("A2", "old.js", {"old.js": "define([]);\n"}, {"parcels.md": None}),
    files("A2", "images/x.png", {"images/x.png": b"x"}, {"LICENSE": b"Ours.\n"}),
    files(
        "A2",
        "templates/list.twig",
        {"templates/list.twig": "{{ a }}\n"},
        {"templates/list.twig": "{{ a }}\n", "script.js": widget('self.draw("list");')},
    ),
    files(
        "A3", "lib/parcels.js:1", {"lib/parcels.js": LONG}, {"lib/parcels.js": "var a = 1;\n" * 99}
    ),
    files(
        "A3",
        "lib/parcels.js:1",
        {"lib/parcels.js": "\n".join(f"var _0x{n:04x} = {n};" for n in range(12))},
        {"lib/parcels.js": "\n".join(f"var part{n} = 0x{n:04x};" for n in range(12))},
    ),
    code("A3", r'var t = "\x6a\x73\x2d\x77\x69\x64\x67\x65\x74";', r'var t = "\x6a\x73";'),
    files(
        "A3",
        "lib/parcels.js",
        {"lib/parcels.js": "a b ( ] } " * 20_000},
        {"lib/parcels.js": "a(b[0]);\n" * 100},
    ),
    files("A3", "a.twig", {"a.twig": "a" * 524_289}, {"a.twig": "a" * 524_288}),
    files("A4", "style.css:1", {"style.css": b"\xef\xbb\xbf.a { }\n"}, {"style.css": ".é { }\n"}),
    files("A4", "script.js:2", {"script.js": "a();\nb();\r\n"}, {"script.js": "a();\nb();\n"}),
    files("A4", "x.txt:2", {"x.txt": b"a\n\xe9\n"}, {"x.png": b"\r\n\xe9\n"}),
    files("A6", "images/logo.png", {"images/logo.png": None}, {}),
    files("A6", "script.js", {"script.js": None}, {}),
    files("A6", "i18n/pt.json", {"i18n/pt.json": None}, {}),
    # F: the manifest.
    files(
        "F1",
        "manifest.json:2",
        {"manifest.json": manifest(widget={"short_description": ""})},
        {"manifest.json": manifest(widget={"version": ""})},
    ),
    files(
        "F1",
        "manifest.json:25",
        {"manifest.json": manifest(tour={})},
        {"manifest.json": manifest(dp={})},
    ),
    files(
        "F1",
        "manifest.json:27",
        {"images/tour_es.png": None},
        {"images/tour_es.png": png(1188, 616)},
    ),
    files(
        "F2",
        "manifest.json:20",
        {"manifest.json": manifest(("lcard-1", "settings", "llist-1"))},
        {
            "manifest.json": manifest(("lcard-1", "settings", "llist-1")),
            "script.js": SCRIPT.replace("onSave:", "leads: { selected() {} },\n      onSave:"),
        },
    ),
    Case(
        "F3",
        "manifest.json:9",
        {},
        {},
        msgspec.structs.replace(WITH_WIDGET, presentations=WITH_WIDGET.presentations[:2]),
    ),
    files("F4", "i18n/es.json:2", agents(es=""), agents()),
    # J: texts.
    files(
        "J1",
        "i18n/en.json",
        {"i18n/es.json": texts("es", settings={"depot": "Depósito"})},
        {"i18n/es.json": texts("es")},
    ),
    files(
        "J1",
        "i18n/en.json",
        {"manifest.json": manifest(settings={"a": {"name": "settings.a", "type": "text"}})},
        {"manifest.json": manifest(settings={"a": {"name": "widget.name", "type": "text"}})},
    ),
    files(
        "J1",
        "i18n/pt.json",
        {"i18n/pt.json": texts("en")},
        {"i18n/pt.json": texts("pt")},
    ),
    files(
        "J2",
        "i18n/es.json:7",
        {"i18n/es.json": texts("es", help="Ayuda: https://parcel.example/en/help")},
        {"i18n/es.json": texts("es", help="Ayuda: https://parcel.example/es/help")},
    ),
    # S: styles.
    *(
        styles("S1", f"{broken} {{ color: red; }}", f"{sound} {{ color: red; }}")
        for broken, sound in (
            ("input", ".parcel-form input"),
            ("*", ".parcel-form *"),
            ("html body", "html .parcel"),
            ("[disabled]", ".parcel[disabled]"),
            (".parcel, a:hover", ".parcel, #parcels a:hover"),
            ("div > p", ":is(.parcel, .parcels) p"),
        )
    ),
    styles("S1", ":root { color: red; }", ":root { --parcel-red: red; }"),
    styles("S1", "@media print { table { margin: 0; } }", "@font-face { font-family: Parcel; }"),
    *(
        styles("S2", f"{broken} {{ color: red; }}", f"{sound} {{ color: red; }}")
        for broken, sound in (
            (".modal-body", ".modal-body .parcel"),
            ("div.button-input_blue", ".parcel .button-input_blue"),
            (".card-widgets__widget", ".card-widgets__widget-parcels"),
            ("#list_page_holder li", "#work-area-parcels li"),
            (".widget-settings__modal", ".widget-settings__modal.parcels"),
        )
    ),
    styles("S3", "/* color: red; */", "/* Red: what is late. */"),
    code(
        "S3",
        """var l = '<link href="' + card + '/style.css">';""",
        """var l = '<link href="' + card + '/style.css?v=' + card + '">';""",
    ),
    styles("S4", ".parcel { --palette-text: red; }", ".parcel { color: var(--palette-text); }"),
    code("S4", 'card.style.setProperty("--palette-a", 1);', 'card.style.setProperty("--a", 1);'),
]
