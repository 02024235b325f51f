"""What every e-mail says around its notice, in each language that notices speak."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """Each is a line of its own."""

    look: str
    why_account: str
    why_person: str
    no_more: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        look="Open it here:",
        why_account="You get this e-mail because you work in the account {account}.",
        why_person="You get this e-mail because it concerns you.",
        no_more="Choose here to get no more of them:",
    ),
    "es": Phrases(
        look="Ábrelo aquí:",
        why_account="Recibes este correo porque trabajas en la cuenta {account}.",
        why_person="Recibes este correo porque te concierne.",
        no_more="Aquí puedes elegir no recibir más:",
    ),
    "pt": Phrases(
        look="Abra aqui:",
        why_account="Você recebe este e-mail porque trabalha na conta {account}.",
        why_person="Você recebe este e-mail porque ele diz respeito a você.",
        no_more="Aqui você pode escolher não receber mais:",
    ),
}
