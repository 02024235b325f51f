"""What integrators promise and ask of users (rules G and M): words that point at trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grantway.integrations.model import PRICES
from grantway.moderation.checks.model import Check, Found, Surroundings, error, human, warning
from grantway.moderation.checks.reading import Passage, passages
from grantway.moderation.model import Content

_SENTENCE = re.compile(r"[.!?;\n]+")
_CURRENCY = r"(?:[$€£₽₺]|\b(?:USD|EUR|GBP|BRL|MXN|COP|ARS|IDR|TRY|RUB|Rp)\b)"
_PRICE = re.compile(rf"{_CURRENCY}\s?\d|\d[\d.,]{{0,12}}\s?{_CURRENCY}")
_NEAR = 3  # words from the platform's name to "support": support of the Grantway team


class _Words:
    """Words by language. One that ends with a dash may go on; English is met in every text."""

    def __init__(self, **words: str) -> None:
        english = words["en"]
        self._patterns: Mapping[str, re.Pattern[str]] = {
            language: self._pattern(f"{english}, {its}") for language, its in words.items()
        }

    def find(self, text: str, language: str) -> str | None:
        """Return the first of the words that stands in *text*."""
        pattern = self._patterns.get(language, self._patterns["en"])
        found = pattern.search(text)
        return found and found[0]

    @staticmethod
    def _pattern(words: str) -> re.Pattern[str]:
        each = (
            re.escape(word.removesuffix("-")) + (r"\w*" if word.endswith("-") else "")
            for word in words.split(", ")
        )
        return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


_PARTNER = _Words(
    en="partner-, reseller-, affiliate-, promo code, discount code, coupon-",
    es="socio-, revendedor-, afiliado-, código promocional, cupón",
    pt="parceir-, revendedor-, afiliad-, código promocional, cupom",
    id="mitra, afiliasi, kode promo",
    tr="iş ortağ-, bayi-, indirim kodu",
    ru="партн-, реселлер-, промокод-",
)
_SUBSCRIPTION = _Words(
    en="subscri-, licence-, license-, plan, plans",
    es="suscripci-, licencia-, planes",
    pt="assinatura-, licença-, plano-",
    id="langganan, lisensi, paket",
    tr="abonelik-, lisans-",
    ru="подписк-, лицензи-, тариф-",
)
_OFFICIAL = _Words(
    en="official, officially",
    es="oficial, oficiales, oficialmente",
    pt="oficial, oficiais, oficialmente",
    id="resmi",
    tr="resmi-, resmî-",
    ru="официальн-",
)
_CREDENTIALS = _Words(
    en="password-, passphrase-, login data, credentials",
    es="contraseña-",
    pt="senha-",
    id="kata sandi",
    tr="şifre-, parola-",
    ru="парол-",
)
_SUPPORT = _Words(
    en="support, helpdesk, team",
    es="soporte, equipo",
    pt="suporte, equipe",
    id="dukungan, tim",
    tr="destek, desteği, ekibi",
    ru="поддержк-, команд-",
)
_FREE = _Words(
    en="free",
    es="gratis, gratuit-",
    pt="grátis, gratuit-",
    id="gratis",
    tr="ücretsiz-",
    ru="бесплатн-",
)
_TRIAL = _Words(
    en="trial-, day, days, week, weeks, month, months",
    es="prueba-, día, días, semana, semanas, mes, meses",
    pt="teste-, dia, dias, semana, semanas, mês, meses",
    id="uji coba, hari, minggu, bulan",
    tr="deneme-, gün, hafta, ay",
    ru="пробн-, дней, дня, недел-, месяц-",
)


def _sentences(content: Content) -> Iterator[tuple[Passage, str]]:
    for one in passages(content):
        for sentence in _SENTENCE.split(one.markup.prose):
            yield one, sentence


def _found(one: Passage, text: str) -> Found:
    return Found(text=text, field=one.field, language=one.language)


def _partner_advice(content: Content, _: Surroundings) -> Iterator[Found]:
    for one, sentence in _sentences(content):
        partner = _PARTNER.find(sentence, one.language)
        bought = _SUBSCRIPTION.find(sentence, one.language)
        if partner and bought:
            yield _found(one, f"{partner!r} and {bought!r} stand in one sentence")


def _official(content: Content, _: Surroundings) -> Iterator[Found]:
    for one in passages(content):
        if word := _OFFICIAL.find(one.markup.prose, one.language):
            yield _found(one, f"{word!r} needs documents that the moderator can see")


def _posing(content: Content, around: Surroundings) -> Iterator[Found]:
    for one in passages(content):
        if word := _CREDENTIALS.find(one.markup.prose, one.language):
            yield _found(one, f"{word!r}: users may not be asked for what they sign in with")
    hosts = {host.casefold() for host in around.host_names}
    for one, sentence in _sentences(content):
        words = re.findall(r"\w+", sentence)
        named = [at for at, word in enumerate(words) if word.casefold() in hosts]
        near = (" ".join(words[max(0, at - _NEAR) : at + _NEAR + 1]) for at in named[:1])
        for span in near:
            if _SUPPORT.find(span, one.language):
                yield _found(one, f"{span!r} may sound like the platform's own support")


def _published_elsewhere(_: Content, around: Surroundings) -> Iterator[Found]:
    for name in around.archive_of_others:
        yield Found(text=f"Another account has published this very archive: {name}")


def _prices(content: Content, _: Surroundings) -> Iterator[Found]:
    for one, sentence in _sentences(content):
        free = _FREE.find(sentence, one.language)
        if free and (trial := _TRIAL.find(sentence, one.language)):
            yield _found(one, f"{free!r} and {trial!r}: what is free for a while only is a trial")
    for presentation in content.presentations:
        told = {
            one.field: bool(_PRICE.search(one.markup.plain))
            for one in passages(content, ("description", "instructions"))
            if one.language == presentation.language
        }
        if len(set(told.values())) > 1:
            without = next(field for field, has_price in told.items() if not has_price)
            text = "A price is told in one description and not in the other"
            yield Found(text=text, field=without, language=presentation.language)
    yield from _against_the_form(content)


def _against_the_form(content: Content) -> Iterator[Found]:
    """Find what the texts say of money and the form says otherwise."""
    is_free = content.price == PRICES[0]
    tells_price = False
    for one in passages(content):
        prose = one.markup.prose
        price = _PRICE.search(prose)
        tells_price = tells_price or price is not None
        if is_free and price:
            text = f"{price[0].strip()!r} is a price, and the form says that it is free"
            yield _found(one, text)
        if not is_free and (free := _FREE.find(prose, one.language)):
            yield _found(one, f"{free!r} stands here, and the form says that users pay for it")
    if not is_free and not tells_price:
        yield Found(text="Users pay for it, and no text tells what it costs", field="price")


CHECKS: tuple[Check, ...] = (
    warning(
        "G1",
        "Texts give no advice to buy the platform's subscriptions through partners.",
        _partner_advice,
        human="Nobody is told to buy subscriptions through partners.",
    ),
    warning(
        "G2",
        'Do not call anything "official" unless you can show documents that say so.',
        _official,
        human='Whatever is called "official" is so by documents that were shown.',
    ),
    human(
        "G4",
        "Errors are shown to users with their reason and with your contact.",
        looks_at="Errors show their reason and the integrator's contact.",
    ),
    warning(
        "G5",
        "Support your users yourself: do not send them to the platform's support, do not speak "
        "in its name, and ask nobody for what they sign in with.",
        _posing,
        human="Support is the integrator's own; users are asked for no sign-in data.",
    ),
    error(
        "G6",
        "The integration is not already published from another technical account, nor as a white "
        "label of one that is.",
        _published_elsewhere,
        human="It is no second listing of a published integration, white labels included.",
    ),
    human(
        "G7",
        "The integration is not a system like the platform itself.",
        looks_at="It is no system like the platform itself.",
    ),
    human(
        "G8",
        "Recommend other public integrations in a section of their own only, and private ones "
        "never.",
        looks_at="Other integrations are recommended in a section of their own; private ones "
        "nowhere.",
    ),
    human(
        "M1",
        "If it costs anything: payment works in the countries you offer it in, and USD or EUR is "
        "among the currencies.",
        looks_at="If it costs anything, users everywhere can pay, in USD or EUR among others.",
    ),
    warning(
        "M2",
        "Prices stand in both descriptions. A trial is not called free. What the form says of the "
        "price is what the texts say: whatever anybody is charged for is not free.",
        _prices,
        human="Both descriptions tell the same prices; what is called free costs nothing, and "
        "nothing is charged for unless the form says so.",
    ),
)
