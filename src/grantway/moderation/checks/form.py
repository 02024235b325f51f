"""Whether the form is filled in, and what is in its fields can be used (6.2, stage 2)."""

from __future__ import annotations

from collections.abc import Iterator

from grantway.integrations.public import text_problems
from grantway.integrations.rules import email_problem, uri_problem
from grantway.integrations.scopes import access_in_words
from grantway.moderation.checks.model import Found, Surroundings, error, human
from grantway.moderation.checks.reading import IN_WORDS
from grantway.moderation.model import Content, encoded, hash_of

# The privacy policy, the slides and the redirect URI have rules of their own: L4, I5, A1.
_OF_EACH_LANGUAGE = (
    "icon",
    "name",
    "short_description",
    "description",
    "support_uri",
    "support_email",
    "logo",
    "instructions",
)
_OF_ALL = ("owner_name", "scopes")


def _empty_fields(content: Content, _: Surroundings) -> Iterator[Found]:
    for field in _OF_ALL:
        if not getattr(content, field):
            yield Found(text=f"{IN_WORDS[field].capitalize()}: nothing is filled in", field=field)
    for one in content.presentations:
        for field in _OF_EACH_LANGUAGE:
            if not getattr(one, field).strip():
                yield Found(
                    text=f"{IN_WORDS[field].capitalize()}: nothing is filled in",
                    field=field,
                    language=one.language,
                )


def _unusable_fields(content: Content, around: Surroundings) -> Iterator[Found]:
    main = content.main
    opened = () if around.rules is None else around.rules.opened
    for field, text in content.settings.problems(around.rules).items():
        is_its = hasattr(main, field) and field != "language"
        yield Found(text=text, field=field, language=main.language if is_its else "")
    for one in content.presentations:
        found = {} if one is main else text_problems(one.texts)
        for field in ("privacy_uri", "support_uri"):
            if (uri := getattr(one, field)) and not (one is main and field == "privacy_uri"):
                problem = uri_problem(uri, is_redirect=False, is_private=False, opened=opened)
                found[field] = problem or ""
        if one.support_email:
            found["support_email"] = email_problem(one.support_email) or ""
        # That nothing is there is told by other rules.
        for field, text in found.items():
            if text and getattr(one, field).strip():
                yield Found(text=text, field=field, language=one.language)


def _no_redirect_uri(content: Content, _: Surroundings) -> Iterator[Found]:
    if not content.redirect_uri:
        yield Found(text="There is no redirect URI to send codes to", field="redirect_uri")


def _nothing_new(content: Content, around: Surroundings) -> Iterator[Found]:
    if around.published_hash == hash_of(encoded(content)):
        yield Found(text="Nothing differs from the published version")


def _scopes(content: Content) -> str:
    asked = access_in_words(" ".join(content.scopes))
    return f"It asks for: {', '.join(asked)}." if asked else "It asks for nothing."


CHECKS = (
    error(
        "C1",
        "Fill in every field of the form in every language: icon, name, short description, "
        "description, support site and e-mail, logo and instructions; and once for all languages "
        "the owner and the scopes.",
        _empty_fields,
    ),
    error(
        "C2",
        "What you fill in can be used: texts have no invisible characters and no letters that "
        "imitate others, addresses begin with https://, hooks can be called.",
        _unusable_fields,
    ),
    human(
        "G3",
        "Ask only for access that your integration needs, and say in the description what it "
        "does with it.",
        looks_at="The scopes fit what the description tells.",
        detail=_scopes,
    ),
    error(
        "A1",
        "Use OAuth 2.0: tell the redirect URI to which authorization codes are sent.",
        _no_redirect_uri,
        human="Authorization works: a code that was sent there is exchanged.",
    ),
    error(
        "A5",
        "A new version differs from the published one.",
        _nothing_new,
    ),
)
