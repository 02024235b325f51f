"""Every rule about archives: what breaks it, and what comes close and does not.

Rules of widgets-and-marketplace.md 6.8, and 5.4 row 10.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import pytest

from grantway.moderation.checks.checklist import CHECKS, RULES, check
from grantway.moderation.checks.model import Finding, Severity, Surroundings
from grantway.moderation.model import Content
from tests.unit.archived import (
    PIPELINE_FILE,
    SCRIPT,
    STYLE,
    WITH_WIDGET,
    beside,
    manifest,
    on_save,
    texts,
    widget,
)
from tests.unit.checked import SOUND, around, with_settings
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
    # A: code.
    code("A7", "// show(card.id);", "// Shows it (again)."),
    code("A7", "// if (card.id) {", "// If there is a card, its number."),
    code("A7", "/* var a = 1;\n b(a); */", "/* The number of a card;\n 0 for a new one. */", AT),
    code("A8", 'alert("saved");', 'self.alert("saved");'),
    code("A8", 'window.confirm("sure?");', "var confirm = 1; self.say(confirm);"),
    code("A8", "debugger;", "self.debugger();"),
    code("A8", 'self.load("http://localhost:3000/x");', 'self.load("https://parcel.example/x");'),
    files(
        "A8",
        "i18n/en.json:7",
        {"i18n/en.json": texts("en", more="Lorem ipsum dolor")},
        {"i18n/en.json": texts("en", more="Our parcels")},
    ),
    code("A9", 'eval("1");', 'self.eval_("1");'),
    code("A9", 'window["ev" + "al"]("1");', 'window["ev" + "ent"]("1");'),
    code("A9", '(0, eval)("1");', "var evaluated = 1; self.say(evaluated);"),
    code("A9", "var run = eval;", "var run = self.eval;"),
    code("A9", 'new Function("a", "b");', 'new Parcel("a", "b");'),
    code("A9", '[].filter.constructor("x")();', "self.constructor();"),
    code("A9", 'setTimeout("go()", 10);', "setTimeout(function () {}, 10);"),
    code("A9", 'window.setInterval("go(" + card + ")", 10);', "setInterval(self.go, 10);"),
    code("A9", 'window.window.eval("1");', 'self.evaluate("1");'),
    code("A9", 'location = "javascript:go()";', 'location = "javascript:void(0)";'),
    code("A9", '$.globalEval("x");', '$.trim("x");'),
    code("A10", "console.log(card);", "try { card(); } catch (e) { console.trace(e); }"),
    code("A10", "console.trace(card);", "$.get(1).fail(function (e) { console.trace(e); });"),
    code("A10", "self.go().catch(console.error);", "self.go().catch(console.trace);"),
    code("A10", "console.debug(card);", "self.log(card);"),
    code(
        "A10",
        "function bad(e) { console.trace(e); } self.go(bad);",
        "function bad(e) { console.trace(e); } self.go().then(card, bad);",
    ),
    code("A11", "found = card.id;", "var found; found = card.id;"),
    code("A11", "for (i of card) { self.go(i); }", "for (var i of card) { self.go(i); }"),
    code("A11", "var a = ;", "var { a, ...b } = card; self.go(a ?? b?.c, 10n, 2 ** 3);"),
    code("A11", "self.say(<b>1</b>);", 'self.say("<b>1</b>");'),
    code("A12", "APP.data.current_card = null;", "var id = APP.data.current_card.id; self.go(id);"),
    code("A12", 'AMOCRM.constant("user", {});', 'AMOCRM.constant("user");'),
    code("A12", "Object.assign(window.APP, card);", "Object.assign({}, window.APP.data);"),
    code("A12", "delete APP.lang_id;", "self.say(APP.lang_id);"),
    code("A12", "APP.inbox.show();", "APP.router.navigate(card);"),
    code("A13", "$.ajax({ url: 1, async: false });", "$.ajax({ url: 1, async: true });"),
    code("A13", 'card.open("GET", "/x", false);', 'card.open("GET", "/x", true);'),
    code("A14", "card.forEach(function (one) { $.get(one); });", "card.map(self.go); $.get(card);"),
    code("A14", "for (const one of card) { self.crm_post(one); }", "self.crm_post(card);"),
    code("A14", "while (card) fetch(card);", "fetch(card).then(card);"),
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
    # E: code from elsewhere.
    code("E1", 'document.createElement("script");', 'document.createElement("div");'),
    code("E1", """$("<scr" + "ipt src='x'>");""", """$("<div class='script'>");"""),
    code("E1", 'document.createElementNS(card, "script");', 'document.createElementNS(card, "a");'),
    code("E1", 'document.write("<SCRIPT>");', 'document.write("<p>");'),
    code("E1", '$("head").append("<style>a{}</style>");', '$(".parcel").append("<p>");'),
    code("E1", "document.head.appendChild(card);", "document.body.appendChild(card);"),
    code("E2", f'$.getScript("{HOST}");', '$.get("/parcels");'),
    code("E2", f'import("{HOST}");', 'self.important("x");'),
    code("E2", 'import("data:text/javascript,go()");', 'self.important("data:");'),
    code("E2", f'require(["{HOST}"], card);', 'require(["./lib/parcels.js"], card);'),
    code("E2", f'card.src = "{HOST}";', 'card.src = "https://parcel.example/x.png";'),
    code("E2", '$.ajax({ dataType: "script" });', '$.ajax({ dataType: "json" });'),
    files(
        "E2",
        "script.js:1",
        {"script.js": 'define(["https://localhost:8080/index.js?v=" + v], f);\n'},
        {"script.js": f'define(["{HOST}"], f);\n'},
    ),
    files("E2", "a.twig:2", {"a.twig": "<p>\n<script>\n"}, {"a.twig": "<p>\nscript\n"}),
    *(
        files(
            "E3",
            "script.js:1",
            {"script.js": f'define(["{broken}"], f);\n'},
            {"script.js": f'define(["{sound}"], f);\n'},
        )
        for broken, sound in (
            ("https://parcel.example/a.js", HOST),
            ("http://code.jquery.com/a.js", "https://ajax.googleapis.com/ajax/libs/a.js"),
            ("https://googleapis.com.parcel.example/a.js", "./lib/googleapis.com.js"),
            ("//cdn.jsdelivr.net/npm/a", "https://alcdn.msauth.net/a.js"),
        )
    ),
    styles("E4", '@import url("https://parcel.example/a.css");', '@import url("a.css");'),
    code(
        "E4",
        """self.add('<link rel="stylesheet" href="https://parcel.example/a.css">');""",
        """self.add('<a href="https://parcel.example/a.css">');""",
    ),
    code(
        "E5",
        'window.addEventListener("message", function (e) { $(".parcel").html(e.data); });',
        'window.addEventListener("message", function (e) { $(".parcel").text(e.data); });',
    ),
    code(
        "E5",
        'function got(e) { new Function(e.data)(); } window.addEventListener("message", got);',
        'function got(e) { self.go(e.data); } window.addEventListener("message", got);',
    ),
    code("E6", 'card.addClass("switcher__on");', 'card.addClass("switcher__one");'),
    styles("E6", ".parcel .switcher__off { margin: 0; }", ".parcel .switcher { margin: 0; }"),
    files(
        "E6", "a.twig:1", {"a.twig": '<i class="switcher__on">'}, {"a.twig": '<i class="switcher">'}
    ),
    # B: behaviour.
    *(
        code("B1", broken, sound)
        for broken, sound in (
            (f"$({BUTTON}).click();", f"$({BUTTON}).click(function () {{}});"),
            (f"$({BUTTON}).trigger('click');", f"$({BUTTON}).trigger('parcel:ready');"),
            (f"document.querySelector({BUTTON}).click();", f"$({BUTTON}).addClass('x');"),
            (
                f"var b = document.querySelector({BUTTON});\nb.dispatchEvent(card);",
                f"var b = document.querySelector({BUTTON});\nb.addEventListener('click', card);",
            ),
            (
                '$(".js-widget-" + "uninstall").trigger("click");',
                '$(".js-widget-" + "save").trigger("click");',
            ),
            ('$([".js", "widget", "install"].join("-")).click();', '$(".js-parcel").click();'),
            (r'$(".js\u002dwidget\x2dinstall").click();', r'$(".js\u002dparcel").click();'),
            ('$(".install-widget__button").submit();', '$(".parcel__form").submit();'),
            (
                f"var $b = $({BUTTON}), $f = $b.closest('form');\n$f[0].requestSubmit();",
                f"var $b = $({BUTTON});\n$b.on('click', function () {{ return false; }});",
            ),
            (
                f"var s = {BUTTON};\nfunction go() {{ return 1; }}\n$(s).click();",
                f"var s = {BUTTON};\nfunction go() {{ return 1; }}\n$(s).click(go);",
            ),
            (
                f"document.querySelectorAll({BUTTON}).forEach(function (b) {{ b.click(); }});",
                f"document.querySelectorAll({BUTTON}).forEach(function (b) {{ b.focus(); }});",
            ),
            (
                f"document.getElementsByClassName({BUTTON})[0].click();",
                f"document.getElementsByClassName({BUTTON})[0].blur();",
            ),
            ('$.post("/ajax/v1/install-intents", {});', '$.post("/ajax/v1/parcels", {});'),
            (
                'fetch("/api/v4/widgets/parcels", { method: "POST" });',
                'fetch("/api/v4/widgets/parcels", { method: "GET" });',
            ),
            ('$.post("/api/v4/widgets/parcels", {});', '$.get("/api/v4/widgets/parcels");'),
            ("EventTarget.prototype.addEventListener = card;", "card.prototype.add = card;"),
            ("XMLHttpRequest.prototype.send = card;", "var x = XMLHttpRequest.prototype.send;"),
            ("window.fetch = card;", "window.parcels = card;"),
            ("fetch = card;", "card.fetch = card;"),
            ("$.fn.trigger = card;", "$.fn.parcels = card;"),
            ("Object.defineProperty(Event.prototype, 'x', {});", "Object.defineProperty(card);"),
            ("self.go({ isTrusted: true });", "self.go({ isKnown: true });"),
        )
    ),
    code("B3", '$(".card-widgets").remove();', '$(".parcel-list").remove();'),
    code("B3", '$("#left_menu").append(card);', '$("#parcel_menu").append(card);'),
    code("B3", '$(".linked-form__field").hide();', '$(".modal-body").hide();'),
    files("B4", "i18n/en.json:8", own_page(en="Integrations"), own_page()),
    files("B4", "i18n/pt.json:8", own_page(pt=""), own_page()),
    files(
        "B4",
        "manifest.json",
        {"manifest.json": manifest(("lcard-1", "settings", "advanced_settings"))},
        own_page(),
    ),
    styles(
        "B5",
        ".parcel { position: fixed; bottom: 0px; }",
        ".parcel { position: absolute; bottom: 0px; }",
    ),
]


def fired(rule: str, surroundings: Surroundings, content: Content = WITH_WIDGET) -> list[Finding]:
    return [one for one in check(content, surroundings).findings if one.rule == rule]


def test_a_sound_widget_breaks_no_rule() -> None:
    assert check(WITH_WIDGET, beside()).findings == ()


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{case.rule} {number}") for number, case in enumerate(CASES)],
)
def test_a_rule_fires_where_it_is_broken_and_not_where_it_is_nearly(case: Case) -> None:
    found = fired(case.rule, beside(case.broken), case.content)

    assert case.place in {one.place for one in found}
    assert all(one.text for one in found)
    assert case.place not in {one.place for one in fired(case.rule, beside(case.sound))}


def test_no_rule_of_the_machine_is_without_an_example() -> None:
    ours = {one.rule.id for one in CHECKS if one.look_inside}

    assert {case.rule for case in CASES} == ours


def test_the_machine_decides_where_the_contract_lets_it_and_points_elsewhere() -> None:
    ours = {one.rule.id for one in CHECKS if one.look_inside}
    decided = {rule.id for rule in RULES if rule.severity is Severity.ERROR} & ours

    assert decided == {
        *("I1", "I5", "I6", "I7", "T7"),
        *("A4", "A6", "A8", "A9", "A10", "A11", "A12", "A13"),
        *("F1", "F3", "F4", "J1", "S1", "S2", "S4", "E1", "E2", "E3", "E6", "B4"),
    }
    assert ours - decided == {"G9", "A2", "A3", "A7", "A14", "F2", "J2", "S3", "E4", "E5"} | {
        *("B1", "B3", "B5"),
    }


def test_without_a_widget_nothing_is_asked_of_an_archive() -> None:
    rules = {one.rule for one in check(SOUND, around()).findings}

    assert rules == set()
    (missing,) = fired("A6", around())
    assert missing.place == "archive"


def test_what_repeats_itself_in_a_file_is_told_a_few_times() -> None:
    found = fired("A10", beside({"script.js": widget("console.log(1);\n" * 12)}))

    assert len(found) == 5
    assert found[-1].text.endswith("(and 7 more in this file)")


def test_what_repeats_itself_in_many_files_is_told_up_to_a_number() -> None:
    many = {f"lib/a{number}.js": "alert(1);\n" for number in range(60)}
    found = fired("A8", beside(many))

    assert len(found) == 40
    assert found[-1].text.endswith("(and there is more in other places)")


@pytest.mark.parametrize(
    ("rule", "sure", "hint"),
    [
        ("A9", 'new Function("return that")();', 'new Function("return this")();'),
        ("A9", "window.eval(1);", "self.parser.formula.eval(1);"),
        ("A10", "console.log(1);", "console.debug(1);"),
        ("A8", "alert(1);", 'self.load("https://127.0.0.1/");'),
        ("A12", "APP.lang_id = 1;", "APP.x();"),
        ("E1", '$("head").append("<style>");', '$("head").append(card);'),
        ("E2", f'$.getScript("{HOST}");', "$.getScript(card);"),
    ],
)
def test_what_may_be_honest_is_a_hint(rule: str, sure: str, hint: str) -> None:
    found = [
        {one.severity for one in fired(rule, beside({"script.js": on_save(body)}))}
        for body in (sure, hint)
    ]

    assert found == [{Severity.ERROR}, {Severity.WARNING}]


def test_rules_about_widgets_are_for_integrations_with_one() -> None:
    concerned = {one.rule.id for one in CHECKS if one.concerns(with_settings(has_widget=True))}
    without = {one.rule.id for one in CHECKS if one.concerns(SOUND)}

    assert {"A9", "B1", "B2", "B6", "B7", "B8", "S1"} <= concerned - without
    assert {"A1", "A5", "G6", "I1", "I5"} <= without
