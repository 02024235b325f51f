"""An integration that breaks no rule, in three languages; tests change what they are about."""

from collections.abc import Mapping

import msgspec

from grantway.moderation.checks.model import Surroundings
from grantway.moderation.model import Content, Presentation
from grantway.pictures.model import KINDS, PictureFacts

PICTURES: Mapping[str, PictureFacts] = {
    name: PictureFacts("image/png", *KINDS[kind].size)
    for name, kind in (
        *(("icon", "icon"), ("logo", "logo")),
        *((f"slide {number}", "slide") for number in range(1, 7)),
    )
}
AROUND = Surroundings(pictures=PICTURES, host_names=("Grantway",))


def _presentation(language: str, name: str, *texts: str) -> Presentation:
    short_description, description, instructions = texts
    return Presentation(
        language=language,
        name=name,
        short_description=short_description,
        description=description,
        instructions=instructions,
        privacy_uri=f"https://parcel.example/{language}/privacy",
        support_uri=f"https://parcel.example/{language}/help",
        support_email="help@parcel.example",
        icon="icon",
        logo="logo",
        gallery=("slide 1", "slide 2"),
    )


SOUND = Content(
    language="en",
    presentations=(
        _presentation(
            "en",
            "Parcel tracker via Dana Labs",
            "See where each parcel is, beside its lead",
            "Shows where each parcel is and when it will arrive. "
            "Connect your account at https://parcel.example/en/connect.",
            "Open a lead in Grantway: the parcel stands beside it. To disable the integration, "
            "press <b>Uninstall</b>. Ask us: help@parcel.example.",
        ),
        _presentation(
            "es",
            "Paquetes por Dana Labs",
            "Dónde está cada paquete, junto a su lead",
            "Muestra dónde está cada paquete y cuándo llega. "
            "Conecte su cuenta en https://parcel.example/es/connect.",
            "Abra un lead en Grantway: el paquete está al lado. Para desactivar la integración, "
            "pulse <b>Desinstalar</b>. Pregúntenos en help@parcel.example.",
        ),
        _presentation(
            "pt",
            "Pacotes da Dana Labs",
            "Onde está cada pacote, ao lado do lead",
            "Mostra onde está cada pacote e quando ele chega. "
            "Conecte a sua conta em https://parcel.example/pt/connect.",
            "Abra um lead no Grantway: o pacote está ao lado. Para desativar a integração, "
            "clique em <b>Desinstalar</b>. Fale com a gente em help@parcel.example.",
        ),
    ),
    redirect_uri="https://parcel.example/agreed",
    revoke_hook_uri="https://parcel.example/revoked",
    scopes=("crm",),
    owner_name="Dana Labs",
)


def with_texts(language: str = "en", **changes: object) -> Content:
    """Return the sound content with other texts in one language."""
    present = next(one for one in SOUND.presentations if one.language == language)
    return SOUND.with_presentation(msgspec.structs.replace(present, **changes))


def with_settings(**changes: object) -> Content:
    """Return the sound content with other settings, which are the same in all languages."""
    return msgspec.structs.replace(SOUND, **changes)


def around(**changes: object) -> Surroundings:
    return msgspec.structs.replace(AROUND, **changes)
