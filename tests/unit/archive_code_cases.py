"""What breaks a rule about the code of archives, and what comes close (5.4 row 10 as well)."""

from tests.unit.archive_cases import AT, BUTTON, HOST, code, files, own_page, styles
from tests.unit.archived import manifest, texts

CASES = [  # A: code.
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
    code("E2", 'card.src = "https://a]b/x.js";', 'card.src = "https://a]b/x.png";'),
    code("E2", 'card.src = "//[2001:db8::1]/x.js?v=1";', 'card.src = "/[2001:db8::1]/x.js";'),
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
