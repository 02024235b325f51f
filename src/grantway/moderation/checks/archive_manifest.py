"""What the manifest says, and whether the archive keeps it (rules F1 to F4, B4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grantway.integrations.model import LANGUAGES
from grantway.moderation.checks.archive_scripts import found
from grantway.moderation.checks.inside import ENTRY, MANIFEST, Inside, i18n
from grantway.moderation.checks.model import Check, Found, Severity, of_archives
from grantway.moderation.model import Content

_OF_WIDGET = ("name", "description", "short_description", "locale", "installation")
_EVERYWHERE = ("render", "init", "bind_actions")
_CALLBACKS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(
        ("lcard", "ccard", "comcard", "cucard", "everywhere"),
        tuple((one,) for one in _EVERYWHERE),
    ),
    "llist": (("leads",),),
    "clist": (("contacts", "companies"),),
    "tlist": (("todo", "tasks"),),
    "settings": (("settings",), ("onSave",)),
    "advanced_settings": (("advancedSettings",),),
    "card_sdk": (("loadPreloadedData",), ("loadElements",), ("linkCard",), ("searchDataInCard",)),
    "catalogs": (("loadCatalogElement",),),
    "digital_pipeline": (("dpSettings",),),
    "lead_sources": (("onAddAsSource", "onSource"),),
    "widget_page": (("initMenuPage",),),
    "salesbot_designer": (("salesbotDesignerSettings",), ("onSalesbotDesignerSave",)),
}
"""What the code has for each place; one of those that stand together is enough (2.3)."""
_MOST_SLIDES = 5
_PAGES = frozenset(
    {
        *("settings", "general settings", "integrations", "users", "billing", "communications"),
        *("communication tools", "pipelines", "lists", "stats", "dashboard", "leads", "contacts"),
        *("ajustes", "configuraciones", "integración", "usuarios", "facturación"),
        *("configurações", "integrações", "usuários", "faturamento"),
        *("настройки", "интеграции", "пользователи", "общие настройки"),
    }
)
"""What the platform's own pages are called, in small letters."""


def _missing_keys(inside: Inside, _: Content) -> Iterator[Found]:
    widget = inside.raw.get("widget")
    widget = widget if isinstance(widget, Mapping) else {}
    for key in _OF_WIDGET:
        if widget.get(key) in (None, "", []):
            yield _manifest(inside, "widget", f"widget.{key} is missing")
    if not inside.raw.get("locations"):
        yield _manifest(inside, "locations", "locations is missing")
    if inside.archive.manifest.installation and not isinstance(inside.raw.get("settings"), Mapping):
        yield _manifest(inside, "settings", "settings is missing; it may be empty")
    yield from _missing_slides(inside)


def _missing_slides(inside: Inside) -> Iterator[Found]:
    tour = inside.raw.get("tour")
    if not isinstance(tour, Mapping) or tour.get("is_tour") is not True:
        yield _manifest(inside, "tour", "tour.is_tour has to be true")
        return
    for language in inside.languages:
        paths = slides(inside, language)
        if not 1 <= len(paths) <= _MOST_SLIDES:
            text = f"tour.tour_images.{language} names {len(paths)} pictures; 1 to {_MOST_SLIDES}"
            yield _manifest(inside, "tour_images", text)
        for path in paths:
            if path not in inside.files:
                yield _manifest(inside, "tour_images", f"{path} is not in the archive")


def slides(inside: Inside, language: str) -> tuple[str, ...]:
    """Return the paths of the slides that the manifest names for a language."""
    tour = inside.raw.get("tour")
    images = tour.get("tour_images") if isinstance(tour, Mapping) else None
    paths = images.get(language) if isinstance(images, Mapping) else None
    if not isinstance(paths, list):
        return ()
    return tuple(one.lstrip("/") for one in paths if isinstance(one, str))


def _unserved(inside: Inside, _: Content) -> Iterator[Found]:
    if any(path.lower().endswith(".js") for path in inside.sources.unread):
        return  # they may have what seems to be missing
    for area in sorted(inside.archive.manifest.areas):
        for names in _CALLBACKS.get(area, ()):
            if not inside.keys.intersection(names):
                text = f"{area} is named, and no script has the callback {' or '.join(names)}"
                yield _manifest(inside, "locations", text)


def _other_languages(inside: Inside, content: Content) -> Iterator[Found]:
    form = {one.language for one in content.presentations}
    manifest = set(inside.languages)
    for language in sorted(form - manifest):
        text = f"{LANGUAGES.get(language, language)} stands in the form, and not in locale"
        yield _manifest(inside, "locale", text)
    for language in sorted(manifest - form):
        text = f"{LANGUAGES.get(language, language)} stands in locale, and not in the form"
        yield _manifest(inside, "locale", text)


def _silent_agents(inside: Inside, _: Content) -> Iterator[Found]:
    if "ai_agent" not in inside.archive.manifest.areas:
        return
    for language in inside.languages:
        if not inside.said(language).get("widget.ai_agent_description", "").strip():
            path = i18n(language)
            line = inside.line_of(path, "widget")
            yield found(path, line, "widget.ai_agent_description is missing")


def _own_settings_page(inside: Inside, _: Content) -> Iterator[Found]:
    if "advanced_settings" not in inside.archive.manifest.areas:
        return
    advanced = inside.raw.get("advanced")
    title = advanced.get("title") if isinstance(advanced, Mapping) else None
    if not isinstance(title, str) or not title:
        yield _manifest(inside, "advanced", "advanced.title is missing: the page has no name")
        return
    for language in inside.languages:
        name = inside.said(language).get(title, "").strip()
        path = i18n(language)
        line = inside.line_of(path, title.rpartition(".")[2])
        if not name:
            yield found(path, line, f"{title}, the name of the widget's page, is missing")
        elif name.casefold() in _PAGES:
            yield found(path, line, f"{name!r} is what a page of the platform is called")


def _manifest(inside: Inside, key: str, text: str) -> Found:
    return found(MANIFEST, inside.line_of(MANIFEST, key), text)


CHECKS: tuple[Check, ...] = (
    of_archives(
        Severity.ERROR,
        "F1",
        "The manifest has the widget's name, description, short_description, locale and "
        "installation, locations, settings, and a tour with 1 to "
        f"{_MOST_SLIDES} slides for each language.",
        _missing_keys,
    ),
    of_archives(
        Severity.WARNING,
        "F2",
        f"Locations name only places that {ENTRY} serves, with the callbacks of each.",
        _unserved,
        human="The widget does something in each of its places.",
    ),
    of_archives(
        Severity.ERROR,
        "F3",
        "The languages of locale are those of the form.",
        _other_languages,
    ),
    of_archives(
        Severity.ERROR,
        "F4",
        "With the place ai_agent every language says widget.ai_agent_description.",
        _silent_agents,
    ),
    of_archives(
        Severity.ERROR,
        "B4",
        "The widget's own page in the settings has a name in every language, unlike those of the "
        "platform's pages.",
        _own_settings_page,
        human="The widget's own page stands after those of the platform.",
    ),
)
