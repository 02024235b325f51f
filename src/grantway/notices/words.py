"""How each kind of notice is said: on the page and in the e-mail, in the same words.

A subject and a text for each language. Facts stand in braces; *quote*, what
somebody else wrote, is shown apart, as a quotation.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grantway.notices.model import Kind

FIRST = "en"


class Said(msgspec.Struct, frozen=True):
    """A notice in words, plain text. *quote* is empty when nobody is quoted."""

    language: str
    subject: str
    text: str
    quote: str = ""


WORDS: Mapping[Kind, Mapping[str, tuple[str, str]]] = {
    Kind.VERSION_APPROVED: {
        "en": (
            "{integration}: version {version} is approved",
            (
                "The moderators approved version {version} of {integration}. Publish it when you "
                "are ready; until then nobody else sees it."
            ),
        ),
        "es": (
            "{integration}: la versión {version} está aprobada",
            (
                "Los moderadores aprobaron la versión {version} de {integration}. Publícala cuando "
                "quieras; hasta entonces nadie más la ve."
            ),
        ),
        "pt": (
            "{integration}: a versão {version} foi aprovada",
            (
                "Os moderadores aprovaram a versão {version} de {integration}. Publique quando "
                "quiser; até lá ninguém mais a vê."
            ),
        ),
    },
    Kind.VERSION_REJECTED: {
        "en": (
            "{integration}: version {version} was sent back",
            (
                "The moderators did not approve version {version} of {integration}. Reasons given: "
                "{reasons}. Read them, then add another version."
            ),
        ),
        "es": (
            "{integration}: la versión {version} fue devuelta",
            (
                "Los moderadores no aprobaron la versión {version} de {integration}. Motivos: "
                "{reasons}. Léelos y añade otra versión."
            ),
        ),
        "pt": (
            "{integration}: a versão {version} foi devolvida",
            (
                "Os moderadores não aprovaram a versão {version} de {integration}. Motivos: "
                "{reasons}. Leia-os e adicione outra versão."
            ),
        ),
    },
    Kind.VERSION_QUESTION: {
        "en": (
            "{integration}: the moderators have a question",
            (
                "A moderator who reviews version {version} of {integration} asks you something. "
                "The review goes on when you answer."
            ),
        ),
        "es": (
            "{integration}: los moderadores tienen una pregunta",
            (
                "Un moderador que revisa la versión {version} de {integration} te pregunta algo. "
                "La revisión sigue cuando respondas."
            ),
        ),
        "pt": (
            "{integration}: os moderadores têm uma pergunta",
            (
                "Um moderador que revisa a versão {version} de {integration} pergunta algo a você. "
                "A revisão continua quando você responder."
            ),
        ),
    },
    Kind.LISTING_HIDDEN: {
        "en": (
            "{integration} is hidden from the Marketplace",
            (
                "The platform hid {integration}. Where it is installed it goes on working; nobody "
                "else can find or install it."
            ),
        ),
        "es": (
            "{integration} está oculta en el Marketplace",
            (
                "La plataforma ocultó {integration}. Donde está instalada sigue funcionando; nadie "
                "más puede encontrarla ni instalarla."
            ),
        ),
        "pt": (
            "{integration} está oculta no Marketplace",
            (
                "A plataforma ocultou {integration}. Onde está instalada, continua funcionando; "
                "ninguém mais pode encontrá-la ou instalá-la."
            ),
        ),
    },
    Kind.LISTING_SHOWN: {
        "en": (
            "{integration} is in the Marketplace again",
            "The platform shows {integration} again. Everybody can find it.",
        ),
        "es": (
            "{integration} vuelve a estar en el Marketplace",
            "La plataforma muestra {integration} de nuevo. Todos pueden encontrarla.",
        ),
        "pt": (
            "{integration} está no Marketplace de novo",
            "A plataforma mostra {integration} de novo. Todos podem encontrá-la.",
        ),
    },
    Kind.INTEGRATION_DISABLED: {
        "en": (
            "{integration} was stopped",
            (
                "The platform's operator stopped {integration} in every account. Its tokens and "
                "its secret key are refused, and all its installations end."
            ),
        ),
        "es": (
            "{integration} fue detenida",
            (
                "El operador de la plataforma detuvo {integration} en todas las cuentas. Sus "
                "tokens y su clave secreta se rechazan, y todas sus instalaciones terminan."
            ),
        ),
        "pt": (
            "{integration} foi interrompida",
            (
                "O operador da plataforma interrompeu {integration} em todas as contas. Seus "
                "tokens e sua chave secreta são recusados, e todas as suas instalações terminam."
            ),
        ),
    },
    Kind.INTEGRATION_ENABLED: {
        "en": (
            "{integration} may work again",
            (
                "The platform's operator lets {integration} work again. It is installed nowhere: "
                "each account has to install it anew."
            ),
        ),
        "es": (
            "{integration} puede volver a funcionar",
            (
                "El operador de la plataforma permite que {integration} funcione de nuevo. No está "
                "instalada en ninguna cuenta: cada una debe instalarla otra vez."
            ),
        ),
        "pt": (
            "{integration} pode funcionar de novo",
            (
                "O operador da plataforma permite que {integration} funcione de novo. Ela não está "
                "instalada em nenhuma conta: cada uma precisa instalá-la outra vez."
            ),
        ),
    },
    Kind.LISTING_RATED: {
        "en": (
            "{integration} got a rating: {stars} of 5 stars",
            (
                "Somebody who works with {integration} rated it {stars} of 5. You can answer once, "
                "and change your answer later."
            ),
        ),
        "es": (
            "{integration} recibió una valoración: {stars} de 5 estrellas",
            (
                "Alguien que trabaja con {integration} la valoró con {stars} de 5. Puedes "
                "responder una vez y cambiar tu respuesta después."
            ),
        ),
        "pt": (
            "{integration} recebeu uma avaliação: {stars} de 5 estrelas",
            (
                "Alguém que trabalha com {integration} deu nota {stars} de 5. Você pode responder "
                "uma vez e mudar sua resposta depois."
            ),
        ),
    },
    Kind.LISTING_RATING_CHANGED: {
        "en": (
            "{integration}: a rating changed to {stars} of 5 stars",
            "Somebody who had rated {integration} rates it {stars} of 5 now.",
        ),
        "es": (
            "{integration}: una valoración cambió a {stars} de 5 estrellas",
            "Alguien que había valorado {integration} le da ahora {stars} de 5.",
        ),
        "pt": (
            "{integration}: uma avaliação mudou para {stars} de 5 estrelas",
            "Alguém que já havia avaliado {integration} dá agora {stars} de 5.",
        ),
    },
    Kind.RATING_REMOVED: {
        "en": (
            "Your rating of {integration} was removed",
            (
                "A moderator removed what you wrote about {integration}. Others do not see it any "
                "more, and it does not count."
            ),
        ),
        "es": (
            "Tu valoración de {integration} fue retirada",
            (
                "Un moderador retiró lo que escribiste sobre {integration}. Los demás ya no la ven "
                "y no cuenta."
            ),
        ),
        "pt": (
            "Sua avaliação de {integration} foi removida",
            (
                "Um moderador removeu o que você escreveu sobre {integration}. Os outros não a "
                "veem mais, e ela não conta."
            ),
        ),
    },
    Kind.RATING_ANSWERED: {
        "en": (
            "{integration}: your rating was answered",
            "The integrator answered what you wrote about {integration}.",
        ),
        "es": (
            "{integration}: respondieron a tu valoración",
            "El integrador respondió a lo que escribiste sobre {integration}.",
        ),
        "pt": (
            "{integration}: responderam à sua avaliação",
            "O integrador respondeu ao que você escreveu sobre {integration}.",
        ),
    },
    Kind.TECHNICAL_APPROVED: {
        "en": (
            "The technical account {account} is ready",
            (
                "Your request was approved: {account} is a technical account now, and can make "
                "public integrations."
            ),
        ),
        "es": (
            "La cuenta técnica {account} está lista",
            (
                "Tu solicitud fue aprobada: {account} es ahora una cuenta técnica y puede crear "
                "integraciones públicas."
            ),
        ),
        "pt": (
            "A conta técnica {account} está pronta",
            (
                "Seu pedido foi aprovado: {account} agora é uma conta técnica e pode criar "
                "integrações públicas."
            ),
        ),
    },
    Kind.TECHNICAL_REFUSED: {
        "en": (
            "{account} did not become a technical account",
            "Your request for a technical account was refused. You can ask again.",
        ),
        "es": (
            "{account} no pasó a ser una cuenta técnica",
            "Tu solicitud de una cuenta técnica fue rechazada. Puedes volver a pedirla.",
        ),
        "pt": (
            "{account} não se tornou uma conta técnica",
            "Seu pedido de uma conta técnica foi recusado. Você pode pedir de novo.",
        ),
    },
    Kind.TECHNICAL_EXTENDED: {
        "en": (
            "The technical account {account} has more time",
            "{account} is a technical account until {ends} now.",
        ),
        "es": (
            "La cuenta técnica {account} tiene más tiempo",
            "{account} es ahora una cuenta técnica hasta el {ends}.",
        ),
        "pt": (
            "A conta técnica {account} tem mais tempo",
            "{account} agora é uma conta técnica até {ends}.",
        ),
    },
    Kind.TECHNICAL_NOT_EXTENDED: {
        "en": (
            "The technical account {account} gets no more time",
            (
                "Your request for more time was refused. {account} stays a technical account "
                "until {ends}. You can ask again."
            ),
        ),
        "es": (
            "La cuenta técnica {account} no recibe más tiempo",
            (
                "Tu solicitud de más tiempo fue rechazada. {account} sigue siendo una cuenta "
                "técnica hasta el {ends}. Puedes volver a pedirlo."
            ),
        ),
        "pt": (
            "A conta técnica {account} não recebe mais tempo",
            (
                "Seu pedido de mais tempo foi recusado. {account} continua sendo uma conta técnica "
                "até {ends}. Você pode pedir de novo."
            ),
        ),
    },
    Kind.TECHNICAL_ENDS_SOON: {
        "en": (
            "The technical account {account} ends on {ends}",
            (
                "Nothing of {account} is published yet, so it is a technical account until {ends}. "
                "Publish an integration, or ask for more time."
            ),
        ),
        "es": (
            "La cuenta técnica {account} termina el {ends}",
            (
                "{account} aún no ha publicado nada, así que es una cuenta técnica hasta el "
                "{ends}. Publica una integración o pide más tiempo."
            ),
        ),
        "pt": (
            "A conta técnica {account} termina em {ends}",
            (
                "{account} ainda não publicou nada, por isso é uma conta técnica até {ends}. "
                "Publique uma integração ou peça mais tempo."
            ),
        ),
    },
    Kind.TECHNICAL_ENDED: {
        "en": (
            "{account} is a technical account no more",
            (
                "Nothing was deleted, and what is published stays published. To make, hand in or "
                "publish something else, ask again."
            ),
        ),
        "es": (
            "{account} ya no es una cuenta técnica",
            (
                "No se borró nada, y lo publicado sigue publicado. Para crear, entregar o publicar "
                "algo más, vuelve a pedirla."
            ),
        ),
        "pt": (
            "{account} não é mais uma conta técnica",
            (
                "Nada foi apagado, e o que está publicado continua publicado. Para criar, entregar "
                "ou publicar algo mais, peça de novo."
            ),
        ),
    },
    Kind.WEBHOOK_OFF: {
        "en": (
            "The webhook to {receiver} is switched off",
            (
                "More than 100 of its deliveries were answered badly within two hours, or not at "
                "all. Nothing more is sent there until you switch it on again."
            ),
        ),
        "es": (
            "El webhook hacia {receiver} está desactivado",
            (
                "Más de 100 de sus envíos recibieron una mala respuesta en dos horas, o ninguna. "
                "No se envía nada más allí hasta que lo actives de nuevo."
            ),
        ),
        "pt": (
            "O webhook para {receiver} está desativado",
            (
                "Mais de 100 dos seus envios tiveram uma resposta ruim em duas horas, ou nenhuma. "
                "Nada mais é enviado para lá até que você o ative de novo."
            ),
        ),
    },
    Kind.INSTALLS_UNHEARD: {
        "en": (
            "{integration}: your server may not know of an installation",
            (
                "The install call failed, or nobody knows whether it arrived. It is not sent "
                "again. Accounts of which your server may not know: {accounts}. Put right what "
                "the sent calls say, then ask these accounts to disable {integration} and "
                "install it again."
            ),
        ),
        "es": (
            "{integration}: tu servidor quizá no sepa de una instalación",
            (
                "La llamada de instalación falló, o no se sabe si llegó. No se envía otra vez. "
                "Cuentas de las que tu servidor quizá no sepa: {accounts}. Corrige lo que dicen "
                "las llamadas enviadas y pide a esas cuentas que desactiven {integration} y la "
                "instalen de nuevo."
            ),
        ),
        "pt": (
            "{integration}: seu servidor talvez não saiba de uma instalação",
            (
                "A chamada de instalação falhou, ou não se sabe se chegou. Ela não é enviada "
                "outra vez. Contas que seu servidor talvez não conheça: {accounts}. Corrija o que "
                "dizem as chamadas enviadas e peça a essas contas que desativem {integration} e a "
                "instalem de novo."
            ),
        ),
    },
}


def say(kind: str, facts: Mapping[str, str], language: str) -> Said:
    """Return a notice in the reader's language, or in English when that is not spoken.

    >>> say("listing_shown", {"integration": "Parcels {x}"}, "pt").subject
    'Parcels {x} está no Marketplace de novo'
    """
    said = WORDS[Kind(kind)]
    spoken = language if language in said else FIRST
    subject, text = said[spoken]
    return Said(
        language=spoken,
        subject=subject.format_map(facts),
        text=text.format_map(facts),
        quote=facts.get("quote", ""),
    )
