"""What danalabs publishes, as a form and an archive have it: the lead table and the widget."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from grantway.demo import example
from grantway.integrations.model import Texts
from grantway.integrations.public import PublicSettings
from grantway.pictures import reading
from grantway.pictures.model import Picture
from grantway.widgets.archives.model import Archive
from grantway.widgets.archives.reading import read_archive

_WIDGET = "parcel_widget"
_SERVER = b"https://parcels.danalabs.example"
"""What stands in the widget's files for the address of its server."""


Drawn = tuple[Picture, Picture, tuple[Picture, ...]]
"""Icon, logo and slides, as an upload takes them."""


class Files(msgspec.Struct, frozen=True):
    """The files of the pictures that a listing shows in one language."""

    icon: Path
    logo: Path
    slides: tuple[Path, ...]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """An integration that is made, reviewed and published; in its texts `{site}` is its origin."""

    name: str
    settings: PublicSettings
    further: tuple[Texts, ...] = ()
    pictures: Mapping[str, Files]
    category: str
    has_archive: bool = False

    def drawn(self) -> dict[str, Drawn]:
        """Return its pictures by language; it takes a while."""
        return {
            language: (
                reading.read(files.icon.read_bytes(), "icon"),
                reading.read(files.logo.read_bytes(), "logo"),
                tuple(reading.read(one.read_bytes(), "slide") for one in files.slides),
            )
            for language, files in self.pictures.items()
        }


def archive_at(origin: str) -> Archive:
    """Return the widget's archive, which asks a server at *origin*."""
    folder = example.folder(_WIDGET) / "widget"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                content = file.read_bytes()
                if file.suffix in {".js", ".json"}:
                    content = content.replace(_SERVER, origin.encode())
                archive.writestr(file.relative_to(folder).as_posix(), content)
    return read_archive(packed.getvalue())


PICTURES = Path(__file__).parent / "pictures"


def samples() -> tuple[Sample, Sample]:
    """Return both."""
    return _lead_table(), _parcel_times()


def _lead_table() -> Sample:
    shown = Files(
        PICTURES / "icon.png",
        PICTURES / "logo.png",
        (PICTURES / "leads.png", PICTURES / "button.png"),
    )
    return Sample(
        name="public",
        settings=PublicSettings(
            name="Lead table by Dana Labs",
            short_description="Shows your newest leads on one page",
            description="Lead table reads the newest leads of your account and lists them on one "
            "page. It changes nothing.\nConnect your account on {site}/",
            instructions="Open {site}/ and press the button. Choose your account, and allow it. "
            "To end it, press Disconnect there, or uninstall it in your account.",
            scopes=("crm",),
            owner_name="Dana Labs",
            owner_uri="{site}/",
            privacy_uri="{site}/privacy",
        ),
        pictures={"en": shown},
        category="analytics",
    )


def _parcel_times() -> Sample:
    images = example.folder(_WIDGET) / "widget" / "images"
    shown = {
        language: Files(
            images / "logo_main.png",
            images / "logo_small.png",
            (images / f"tour_card_{language}.png", images / f"tour_list_{language}.png"),
        )
        for language in ("en", "es")
    }
    return Sample(
        name="widget",
        settings=PublicSettings(
            name="Parcel times via Dana Labs",
            short_description="Tells when each lead's parcel arrives",
            description="Parcel times tells on each lead and contact when its parcels leave and "
            "arrive. The parcels are made up, because this is an example.",
            instructions="Write the depot into the settings, and save. Then open a lead: the times "
            "stand in the panel on the right. Tick leads in the list to compare theirs. To end it, "
            "disable it in the settings. It costs nothing and works with every plan. "
            "For support write to help@danalabs.example",
            scopes=("crm",),
            owner_name="Dana Labs",
            owner_uri="{site}/support",
            privacy_uri="{site}/privacy",
            has_widget=True,
        ),
        further=(
            Texts(
                language="es",
                name="Plazos de envío vía Dana Labs",
                short_description="Indica cuándo llega el paquete de cada lead",
                description="Plazos de envío indica en cada lead y contacto cuándo salen y llegan "
                "sus paquetes. Los paquetes son inventados, porque esto es un ejemplo.",
                instructions="Escriba el almacén en los ajustes, y guarde. Después abra un lead: "
                "los plazos están en el panel de la derecha. Marque leads en la lista para "
                "comparar los suyos. Para terminar, desactívelo en los ajustes. No cuesta nada y "
                "funciona con todos los planes. Soporte: help@danalabs.example",
            ),
        ),
        pictures=shown,
        category="automation",
        has_archive=True,
    )
