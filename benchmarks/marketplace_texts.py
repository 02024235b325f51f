"""Texts of made-up integrations in three languages, and how people mistype them."""

from __future__ import annotations

import random
from dataclasses import dataclass

LANGUAGES = ("en", "es", "pt")

# Makers have names that nobody else has: most words of a catalogue are such names.
_BEGINNINGS = (
    *("al", "ar", "be", "bi", "bo", "ca", "ce", "co", "da", "de", "do", "ed", "fa", "fi", "flo"),
    *("ga", "gle", "ha", "he", "in", "jo", "ka", "kli", "la", "li", "lo", "ma", "me", "mi", "mo"),
    *("na", "ne", "no", "o", "pa", "pi", "plo", "qui", "ra", "re", "ro", "sa", "se", "sho", "sy"),
    *("ta", "te", "ti", "tra", "u", "va", "ve", "vi", "wa", "we", "xe", "yo", "za", "ze", "zo"),
)
_MIDDLES = ("b", "ck", "d", "f", "g", "l", "ll", "m", "n", "nd", "p", "r", "rt", "s", "t", "v", "x")
_ENDS = ("a", "ado", "ana", "eo", "er", "ia", "ify", "io", "is", "ly", "o", "on", "ora", "us", "y")

_THINGS = {
    "en": (
        *("invoice", "invoices", "payment", "parcel", "parcels", "message", "messages", "call"),
        *("calls", "calendar", "meeting", "contract", "document", "signature", "report", "form"),
        *("survey", "newsletter", "e-mail", "chat", "chatbot", "campaign", "audience", "advert"),
        *("booking", "delivery", "warehouse", "stock", "order", "orders", "price", "quote"),
        *("contact", "contacts", "customer", "lead", "leads", "deal", "task", "reminder"),
        *("birthday", "photo", "file", "backup", "voice", "recording", "translation", "review"),
        *("subscription", "loyalty", "coupon", "clinic", "hotel", "property", "school", "fitness"),
    ),
    "es": (
        *("factura", "facturas", "pago", "paquete", "paquetes", "mensaje", "mensajes", "llamada"),
        *("llamadas", "calendario", "reunión", "contrato", "documento", "firma", "informe"),
        *("formulario", "encuesta", "boletín", "correo", "chat", "campaña", "público", "anuncio"),
        *("reserva", "envío", "almacén", "inventario", "pedido", "pedidos", "precio", "cotización"),
        *("contacto", "contactos", "cliente", "lead", "leads", "trato", "tarea", "recordatorio"),
        *("cumpleaños", "foto", "archivo", "respaldo", "voz", "grabación", "traducción", "reseña"),
        *("suscripción", "fidelidad", "cupón", "clínica", "hotel", "inmueble", "escuela"),
    ),
    "pt": (
        *("fatura", "faturas", "pagamento", "pacote", "pacotes", "mensagem", "mensagens"),
        *("chamada", "chamadas", "calendário", "reunião", "contrato", "documento", "assinatura"),
        *("relatório", "formulário", "pesquisa", "boletim", "e-mail", "chat", "campanha"),
        *("público", "anúncio", "reserva", "entrega", "armazém", "estoque", "pedido", "pedidos"),
        *("preço", "cotação", "contato", "contatos", "cliente", "lead", "leads", "negócio"),
        *("tarefa", "lembrete", "aniversário", "foto", "arquivo", "cópia", "voz", "gravação"),
        *("tradução", "avaliação", "fidelidade", "cupom", "clínica", "hotel", "imóvel", "escola"),
    ),
}
_WORKS = {
    "en": (
        *("tracker", "sync", "assistant", "manager", "export", "import", "reminder", "builder"),
        *("dashboard", "scheduler", "automation", "bridge", "sender", "recorder", "monitor"),
        *("planner", "generator", "scanner", "gateway", "hub", "desk", "router", "archive"),
    ),
    "es": (
        *("rastreo", "sincronización", "asistente", "gestor", "exportación", "importación"),
        *("aviso", "creador", "tablero", "agenda", "automatización", "puente", "envíos"),
        *("grabador", "monitor", "planificador", "generador", "lector", "pasarela", "centro"),
    ),
    "pt": (
        *("rastreio", "sincronização", "assistente", "gestor", "exportação", "importação"),
        *("aviso", "criador", "painel", "agenda", "automação", "ponte", "disparos"),
        *("gravador", "monitor", "planejador", "gerador", "leitor", "portal", "central"),
    ),
}
_SENTENCES = {
    "en": (
        *("Every {a} beside your leads", "Turn each {a} into a {b}", "{A} and {b} in one click"),
        *("Send a {a} from the card of a lead", "No more lost {a} or {b}", "See who answers a {a}"),
        *("{A} for teams that sell", "Keep {a} and {b} in step"),
    ),
    "es": (
        *("Cada {a} junto a sus leads", "Convierta {a} en {b}", "{A} y {b} con un clic"),
        *("Envíe {a} desde la tarjeta", "Ni {a} ni {b} se pierden", "Vea quién responde a {a}"),
        *("{A} para equipos que venden", "Tenga {a} y {b} al día"),
    ),
    "pt": (
        *("Cada {a} ao lado dos leads", "Transforme {a} em {b}", "{A} e {b} com um clique"),
        *("Envie {a} direto do cartão", "Sem perder {a} nem {b}", "Veja quem responde a {a}"),
        *("{A} para equipes que vendem", "Mantenha {a} e {b} em dia"),
    ),
}
_NEXT_TO = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "wertyuioopsdfghjkllxcvbnmm", strict=True)
)  # on a keyboard


@dataclass(frozen=True, slots=True)
class Said:
    """What an integration says in one language."""

    name: str
    short_description: str


def integration(choose: random.Random) -> dict[str, Said]:
    """Return what one integration says, by language; its maker's name is the same in all."""
    maker = _maker(choose)
    shape = choose.randrange(4)
    thing, work, sentence = (choose.random() for _ in range(3))
    others = [choose.random() for _ in range(2)]
    found = {}
    for language in LANGUAGES:
        things, works = _THINGS[language], _WORKS[language]
        is_by = {"en": "by", "es": "por", "pt": "por"}[language]
        name = (
            f"{maker} {_at(works, work)}",
            f"{_at(things, thing)} {_at(works, work)} {is_by} {maker}",
            f"{maker} {_at(things, thing)}",
            maker,
        )[shape]
        a, b = (_at(things, one) for one in others)
        said = _at(_SENTENCES[language], sentence).format(a=a, b=b, A=a.capitalize())
        found[language] = Said(name[:1].upper() + name[1:], said[:50])
    return found


def mistyped(text: str, choose: random.Random) -> str:
    """Return *text* with one error in its longest word."""
    longest = max(text.split(), key=len)
    at = choose.randrange(1, max(2, len(longest) - 1))
    before, letter, after = longest[:at], longest[at : at + 1], longest[at + 1 :]
    wrong = choose.choice(
        (
            before + after,  # forgotten
            before + letter + letter + after,  # twice
            before + _NEXT_TO.get(letter, "e") + after,  # the key beside it
            before + after[:1] + letter + after[1:],  # two changed places
        )
    )
    return text.replace(longest, wrong)


def common(language: str, choose: random.Random) -> str:
    """Return a word that many listings say."""
    return choose.choice(_THINGS[language])


def _maker(choose: random.Random) -> str:
    parts = [choose.choice(_BEGINNINGS), choose.choice(_MIDDLES)]
    if choose.random() < 0.5:
        parts += [choose.choice(_BEGINNINGS), choose.choice(_MIDDLES)]
    return ("".join(parts) + choose.choice(_ENDS)).capitalize()


def _at(some: tuple[str, ...], share: float) -> str:
    """Return one of them, the first ones far more often than the last, as in real texts."""
    return some[int(len(some) * share * share)]
