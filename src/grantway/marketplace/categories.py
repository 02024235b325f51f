"""The categories of the Marketplace (contract: widgets-and-marketplace.md 10, row 17).

The dialect's own list is not public, so this one is ours. A code is stored and
stands in addresses; it is not changed any more.
"""

from __future__ import annotations

from collections.abc import Mapping

OTHER = "other"
_FALLBACK = "en"

CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "messengers": {"en": "Messengers", "es": "Mensajería", "pt": "Mensageiros"},
    "telephony": {"en": "Telephony", "es": "Telefonía", "pt": "Telefonia"},
    "email": {"en": "E-mail", "es": "Correo electrónico", "pt": "E-mail"},
    "forms": {"en": "Forms and sites", "es": "Formularios y sitios", "pt": "Formulários e sites"},
    "payments": {
        "en": "Payments and invoices",
        "es": "Pagos y facturas",
        "pt": "Pagamentos e faturas",
    },
    "documents": {"en": "Documents", "es": "Documentos", "pt": "Documentos"},
    "analytics": {"en": "Analytics", "es": "Analítica", "pt": "Análise"},
    "advertising": {"en": "Advertising", "es": "Publicidad", "pt": "Publicidade"},
    "automation": {
        "en": "Automation and AI",
        "es": "Automatización e IA",
        "pt": "Automação e IA",
    },
    "storage": {"en": "Storage", "es": "Almacenamiento", "pt": "Armazenamento"},
    "industry": {"en": "Industry solutions", "es": "Soluciones por sector", "pt": "Setores"},
    OTHER: {"en": "Other", "es": "Otros", "pt": "Outros"},
}
"""What each category is called, by its code, in the order in which they are shown."""


def category_name(code: str, language: str) -> str:
    """Return what a category is called; in English where nobody named it otherwise.

    >>> category_name("payments", "es"), category_name("payments", "tr")
    ('Pagos y facturas', 'Payments and invoices')
    """
    names = CATEGORIES[code]
    return names.get(language, names[_FALLBACK])
