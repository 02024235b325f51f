# ruff: noqa: RUF001 - words of languages have their own letters
"""Every rule that a machine decides or suspects: what breaks it, and what comes close and does not.

Rules of widgets-and-marketplace.md 6.8, and S-152, S-155.
"""

from typing import NamedTuple

import msgspec
import pytest

from grantway.moderation.checks.checklist import CHECKS, RULES, check, human_rules
from grantway.moderation.checks.model import Finding, Severity, Surroundings
from grantway.moderation.model import Content, encoded, hash_of
from grantway.pictures.model import PictureFacts
from tests.unit.checked import AROUND, PICTURES, SOUND, around, with_settings, with_texts

A_LINK = '<a href="https://parcel.example/x" target="_blank" referrerpolicy="no-referrer">site</a>'
START = "Shows where each parcel is. Connect at https://parcel.example/en/connect. "
ENGLISH = "See where each parcel is, and read here what you can do about it when it is late."


class Case(NamedTuple):
    """A content that breaks *rule* at *place*, and one that is nearly the same and does not."""

    rule: str
    place: str
    broken: Content
    sound: Content
    around: Surroundings = AROUND
    around_the_sound: Surroundings = AROUND


def texts(rule: str, field: str, broken: object, sound: object, language: str = "en") -> Case:
    return Case(
        rule,
        f"{language}/{field}",
        with_texts(language, **{field: broken}),
        with_texts(language, **{field: sound}),
    )


def settings(rule: str, field: str, broken: object, sound: object) -> Case:
    return Case(rule, field, with_settings(**{field: broken}), with_settings(**{field: sound}))


def surroundings(rule: str, place: str, broken: Surroundings, sound: Surroundings) -> Case:
    return Case(rule, place, SOUND, SOUND, broken, sound)


def pictures(**changed: PictureFacts) -> Surroundings:
    return around(pictures={**PICTURES, **changed})


def png(width: int, height: int, *, margin_is_plain: bool = True) -> PictureFacts:
    return PictureFacts("image/png", width, height, margin_is_plain)


def paid(language: str, field: str, text: str) -> Content:
    """Return the sound content with one other text, for which users pay."""
    return msgspec.structs.replace(with_texts(language, **{field: text}), price="external")


CASES = [
    # C1: everything is filled in.
    *(
        texts("C1", field, empty, "x")
        for field in ("icon", "logo", "description", "instructions", "support_uri")
        for empty in ("", " ")
    ),
    texts("C1", "short_description", "", "Short", "es"),
    texts("C1", "support_email", "", "help@parcel.example", "pt"),
    settings("C1", "owner_name", "", "Dana Labs"),
    settings("C1", "scopes", (), ("crm",)),
    # C2: it can be used.
    texts("C2", "name", "P\u0430rcels via Dana", "Parcels via Dana"),
    texts("C2", "name", "Parcels\u200b via Dana", "Parcels via Dana", "es"),
    texts("C2", "support_uri", "http://parcel.example/", "https://parcel.example/"),
    texts("C2", "privacy_uri", "http://parcel.example/", "https://parcel.example/"),
    texts("C2", "privacy_uri", "ftp://parcel.example/", "https://parcel.example/es", "es"),
    texts("C2", "support_email", "help", "help@parcel.example"),
    settings("C2", "redirect_uri", "https://parcel.example/?code=1", "https://parcel.example/?c=1"),
    settings("C2", "redirect_uri", "http://localhost/agreed", "https://parcel.example/agreed"),
    settings("C2", "revoke_hook_uri", "http://parcel.example/", "https://parcel.example/off"),
    settings("C2", "scopes", ("everything",), ("crm", "files")),
    settings("C2", "owner_name", "Dana\u202eLabs", "Dana Labs"),
    # G: conduct.
    texts(
        "G1",
        "instructions",
        "Buy your subscription with our partner.",
        "Our partner delivers. You need the Advanced plan.",
    ),
    texts("G1", "instructions", "Compre um plano com o parceiro.", "O parceiro entrega.", "pt"),
    texts("G2", "description", f"{START} The official one.", f"{START} In your office."),
    texts("G2", "short_description", "La integración oficial", "La integración de paquetes", "es"),
    texts("G5", "instructions", "Tell us your password.", "Tell us your postcode."),
    texts("G5", "instructions", "Indique su contraseña.", "Indique su código postal.", "es"),
    texts("G5", "instructions", "&#112;assword", "word"),
    texts("G5", "instructions", "Ask the Grantway support.", "Ask our support. Open Grantway."),
    surroundings(
        "G6",
        "",
        around(archive_of_others=["Parcels by Mallory"]),
        around(archive_of_others=[]),
    ),
    # N: names.
    texts("N1", "name", "Parcels and letters via Danalab", "Parcels and letter via Danalab"),
    texts("N2", "name", "Parcel-and-letters-as via D", "Parcels-and-letters via D"),
    texts("N3", "name", "Parcel tracker", "Parcel tracker by D"),
    texts("N3", "name", "Parcel tracker via", "Parcel tracker via D"),
    texts("N3", "name", "via Dana", "Parcels via Dana"),
    texts("N3", "name", "Parcels por Dana", "Parcels VIA Dana"),
    texts("N3", "name", "Control de paquetes", "Control de Dana", "es"),
    texts("N3", "name", "Controle de pacotes", "Controle por D", "pt"),
    texts("N4", "name", "Grant-Way via Dana", "Grants via Dana"),
    texts("N4", "name", "Gr4ntw\u00e4y via Dana", "Way of grants via Dana"),
    texts("N4", "support_uri", "https://grantway.parcel.example/", "https://a.example/grantway"),
    texts("N4", "support_email", "help@grantway.example", "grantway@parcel.example"),
    settings("N4", "owner_name", "Grantway Labs", "Dana Labs"),
    Case(
        "N4",
        "en/name",
        with_texts(name="Jet via Dana"),
        with_texts(name="Budjet via Dana"),
        around(host_names=("Jet",)),
        around(host_names=("Jet",)),
    ),
    surroundings(
        "N5",
        "es/name",
        around(alike={"es": ["Paquetitos por Dana"]}),
        around(alike={"es": [], "tr": ["Paketler"]}),
    ),
    *(
        texts("N5", "name", f"{cyrillic} via Dana", honest, language)
        for cyrillic in ("\u0420\u0430\u0441\u0435", "\u0420\u041e\u0421\u0422")
        for language, honest in (
            ("en", "Pace via Dana"),
            ("es", "Пароход via Dana"),  # nobody takes these letters for Latin ones
            ("pt", "Pacé 24 via Dana"),
        )
    ),
    texts("N4", "name", "\u0420\u0430\u0441\u0435 Grantway via D", "Расе via Dana"),
    # T: texts.
    texts("T1", "short_description", "x" * 51, "x" * 50),
    texts("T2", "description", f"{START}{'x' * 400}", f"{START}{'x' * (400 - len(START))}"),
    texts("T2", "description", f"{A_LINK} {'x' * 396}", f"{A_LINK} {'x' * 395}"),
    texts("T4", "description", f"{START} For GrantWay.", f"{START} For Grantway."),
    texts("T4", "instructions", "Works in grant way.", "See https://grantway.example/."),
    texts("T4", "instructions", "Works in Grantwya.", "A grant. A way."),
    *(
        texts("T5", field, f"{START}{bad}", f"{START}{A_LINK}")
        for field in ("description", "instructions")
        for bad in (
            "http://parcel.example/",
            '<a href="https://parcel.example/">site</a>',
            A_LINK.replace("_blank", "_self"),
            A_LINK.replace("no-referrer", "origin"),
            A_LINK.replace("https:", "javascript:"),
            A_LINK.replace("https://parcel.example/x", "mailto:help@parcel.example"),
            A_LINK.replace("https://parcel.example/x", ""),
            A_LINK.replace("https:", "&#104;ttp:"),
        )
    ),
    *(
        texts("T6", "description", f"{START}{bad}", f"{START}<b>bold</b> 1 < 2 <br/> I <3 it")
        for bad in (
            "<script>alert(1)</script>",
            "<SCRIPT src='//mallory.example'>",
            "<img src=x onerror=alert(1)>",
            '<b onclick="go()">bold</b>',
            '<p style="color: red">red</p>',
            "<b>bold",
            "bold</b>",
            "<b><i>both</b></i>",
            "<!-- hidden -->",
            "<b",
            "<iframe/src=x>",
            "<svg/onload=go()>",
        )
    ),
    texts("T9", "description", "Go to our site.", START),
    *(
        texts("T9", "description", f"Go to {bad}", f"Go to {good}.", "es")
        for bad, good in (
            ("http://parcel.example/", "https://parcel.example/es"),
            ("https://localhost/connect", "https://parcel.example:8443/connect"),
            ("https://parcels/connect", "https://www.parcel.example/#connect"),
            ("https://127.0.0.1/connect", "https://8.8.8.8/connect"),
            ("https://127.1/", "https://1.parcel.example/"),
            ("https://192.168.0.1/", A_LINK),
            ("https://[::1]/", "https://[2606:4700::1111]/"),
            ("https://[::ffff:10.0.0.1]/", "https://parcel.example/[1]"),
            ("https://printer.local/", "https://local.example/"),
            ("https://dana:secret@parcel.example/", "https://parcel.example/@dana"),
            ("www.parcel.example", "https://parcel.example/?lang=es"),
        )
    ),
    Case(
        "T9",
        "en/description",
        with_texts(description="Press Install."),
        msgspec.structs.replace(with_texts(description="Press Install."), has_widget=True),
    ),
    # I: pictures.
    surroundings("I1", "en/icon", pictures(icon=png(400, 271)), pictures(icon=png(400, 272))),
    surroundings("I1", "pt/logo", pictures(logo=png(84, 84)), pictures(logo=png(108, 108))),
    texts("I1", "icon", "unknown", "icon"),
    surroundings(
        "I1",
        "en/icon",
        around(refused_pictures={"icon": "expected a still picture, and an animation came"}),
        around(refused_pictures={"another": "expected a still picture, and an animation came"}),
    ),
    surroundings(
        "I2",
        "es/icon",
        pictures(icon=png(400, 272, margin_is_plain=False)),
        pictures(logo=png(108, 108, margin_is_plain=False)),
    ),
    texts("I5", "gallery", (), ("slide 1",)),
    texts(
        "I5",
        "gallery",
        tuple(f"slide {n}" for n in range(1, 7)),
        tuple(f"slide {n}" for n in range(1, 6)),
    ),
    texts("I5", "gallery", ("slide 1", "icon"), ("slide 2", "slide 1")),
    texts("I5", "gallery", ("unknown",), ("slide 3",)),
    # L: languages.
    texts("L1", "instructions", ENGLISH, "Muestra dónde está cada paquete y cuándo llega.", "es"),
    texts("L1", "instructions", "Здесь видно, где ваша посылка", "Посылка means parcel", "pt"),
    texts(
        "L1",
        "short_description",
        "See where each parcel is, beside its lead",
        "Dónde está cada paquete, junto a su lead",
        "es",
    ),
    texts("L3", "support_uri", "https://parcel.example/en/help", "https://parcel.example/h", "es"),
    texts("L3", "privacy_uri", "https://es.parcel.example/", "https://id.parcel.example/"),
    texts(
        "L3", "description", f"{START} https://a.example/?lang=pt", f"{START} https://a.example/p"
    ),
    texts("L4", "privacy_uri", "", "https://parcel.example/es/privacy", "es"),
    texts("L7", "support_email", "help@parcel.ru", "help@parcel.rugs"),
    texts("L7", "support_uri", "https://parcel.su/", "https://ru.parcel.example/", "es"),
    texts("L7", "description", f"{START} https://xn--80a.xn--p1ai/", f"{START} https://a.example/"),
    texts("L7", "instructions", "Call +7 (495) 123-45-67", "Call +1 (495) 123-45-67"),
    # M: money.
    texts("M2", "instructions", "The first month is free.", "Delivery is free. Pay each month."),
    # What lacks is told: the price in the other text.
    Case(
        "M2",
        "en/instructions",
        with_texts(description=f"{START} From $5 a month."),
        with_texts(description=f"{START} From five lines a month."),
    ),
    Case(
        "M2",
        "en/description",
        with_texts(instructions="Pay 5 EUR a month."),
        with_texts(instructions="Pay nothing for 5 parcels."),
    ),
    # What the form says and what the texts say.
    *(
        Case(
            "M2",
            f"{language}/{field}",
            with_texts(language, **{field: priced}),
            msgspec.structs.replace(with_texts(language, **{field: priced}), price="external"),
        )
        for language, field, priced in (
            ("en", "description", f"{START} It costs $5.50 a month."),
            ("es", "instructions", "Cuesta 120 MXN al mes."),
            ("pt", "short_description", "Por 10 EUR, tudo"),
        )
    ),
    *(
        Case("M2", f"{language}/{field}", paid(language, field, free), with_texts(language))
        for language, field, free in (
            ("en", "short_description", "A free parcel tracker"),
            ("es", "description", "Es gratis. Conecte en https://parcel.example/es/connect."),
            ("pt", "instructions", "É gratuito."),
        )
    ),
    Case("M2", "price", with_settings(price="external"), paid("en", "description", "For $5.")),
    Case("M2", "price", with_settings(price="external"), with_settings(price="free")),
    settings("C2", "price", "cheap", "external"),
    # A: access and versions.
    settings("A1", "redirect_uri", "", "https://parcel.example/agreed"),
    surroundings(
        "A5",
        "",
        around(published_hash=hash_of(encoded(SOUND))),
        around(published_hash=hash_of(encoded(with_texts(name="Parcels via Dana")))),
    ),
]


def fired(content: Content, surroundings: Surroundings, rule: str) -> list[Finding]:
    return [one for one in check(content, surroundings).findings if one.rule == rule]


@pytest.mark.parametrize(
    ("name", "is_honest"),
    [
        ("Учёт посылок via Dana", True),
        ("Рост продаж от Dana", True),  # wholly Cyrillic, and its letters look Latin
        ("WhatsApp и посылки via Dana", True),
        ("Пoсылки via Dana", False),  # a Latin o
        ("Pаcе via Dana", False),
    ],
)
def test_a_russian_name_is_written_in_whole_words_of_one_alphabet(
    name: str,
    is_honest: bool,  # noqa: FBT001 - a table's column
) -> None:
    russian = msgspec.structs.replace(
        SOUND.main,
        language="ru",
        name=name,
        short_description="Где находится каждая посылка",
    )
    found = check(SOUND.with_presentation(russian), AROUND).findings

    names = {one.rule for one in found if (one.language, one.field) == ("ru", "name")}
    assert names == (set() if is_honest else {"C2"})


def test_a_sound_integration_breaks_no_rule() -> None:
    report = check(SOUND, AROUND)

    assert report.findings == ()
    assert report.content_hash == hash_of(encoded(SOUND))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.rule} {case.place} {number}")
        for number, case in enumerate(CASES)
    ],
)
def test_a_rule_fires_where_it_is_broken_and_not_where_it_is_nearly(case: Case) -> None:
    found = fired(case.broken, case.around, case.rule)

    assert case.place in {one.place for one in found}
    assert all(one.text for one in found)
    sound = fired(case.sound, case.around_the_sound, case.rule)
    assert case.place not in {one.place for one in sound}


def test_no_rule_of_the_machine_is_without_an_example() -> None:
    # A6 has its own where the other rules about archives have theirs.
    assert {case.rule for case in CASES} == {one.rule.id for one in CHECKS if one.find} - {"A6"}


def test_the_machine_decides_where_the_contract_lets_it_and_points_elsewhere() -> None:
    ours = [check.rule for check in CHECKS if check.find or not check.look_inside]
    decided = {rule.id for rule in ours if rule.severity is Severity.ERROR}
    pointed = {rule.id for rule in ours if rule.severity is Severity.WARNING}

    assert decided == {
        *("C1", "C2", "N1", "N2", "N3", "N4", "T1", "T2", "T4", "T5", "T6", "T9"),
        *("I1", "I2", "I5", "L4", "L7", "A1", "A5", "A6", "G6"),
    }
    assert pointed == {"G1", "G2", "G5", "N5", "L1", "L3", "M2"}


def test_a_finding_has_the_severity_of_its_rule_and_a_hint_is_never_an_error() -> None:
    (spelled,) = fired(with_texts(description=f"{START} For GrantWay."), AROUND, "T4")
    (misspelled,) = fired(with_texts(description=f"{START} For Grantwya."), AROUND, "T4")

    assert (spelled.severity, misspelled.severity) == (Severity.ERROR, Severity.WARNING)


def test_reports_tell_errors_and_warnings_apart() -> None:
    report = check(with_texts(name="Parcels", description=f"{START} The official one."), AROUND)

    assert [one.rule for one in report.errors] == ["N3"]
    assert [one.rule for one in report.warnings] == ["G2"]


def test_rules_have_texts_stand_once_and_are_in_order() -> None:
    ids = [rule.id for rule in RULES]

    assert len(set(ids)) == len(ids)
    assert ids[0] == "C1"
    assert ids[-1] == "B8"
    assert all(rule.text.endswith(".") for rule in RULES)
    assert all(rule.human for rule in RULES if rule.severity is not Severity.ERROR)


def test_a_moderator_looks_at_what_concerns_this_content() -> None:
    without = {rule.id for rule in human_rules(SOUND)}
    with_widget = {rule.id for rule in human_rules(with_settings(has_widget=True))}

    assert without - with_widget == {"T9"}
    assert with_widget - without == {"T8"} | {
        *(
            "G9",
            "A2",
            "A3",
            "A7",
            "A8",
            "A14",
            "I6",
            "F2",
            "J1",
            "J2",
            "S3",
            "S4",
            "E3",
            "E4",
            "E5",
        ),
        *("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"),
    }
    assert {"G3", "G4", "T3", "L5", "M1"} <= without
    assert not {"C1", "C2", "N1", "A5"} & without


def test_the_moderator_is_told_which_access_is_asked_for() -> None:
    content = with_settings(scopes=("crm", "files_delete"))
    told = {rule.id: rule.human for rule in human_rules(content)}

    assert told["G3"].endswith("It asks for: Access to account data, Deleting files.")


def test_english_is_tolerated_for_a_while_in_indonesian_and_turkish() -> None:
    said = {}
    for language in ("tr", "es"):
        english = msgspec.structs.replace(
            SOUND.main, language=language, name="Parcels via Dana", instructions=ENGLISH
        )
        found = fired(SOUND.with_presentation(english), AROUND, "L1")
        said[language] = {one.text for one in found if one.field == "instructions"}

    assert said == {
        "tr": {"The text seems to be in English, which is taken for the first six months"},
        "es": {"The text seems to be in English"},
    }
