"""The categories of the Marketplace (contract: widgets-and-marketplace.md 10, row 17).

The dialect's own list is not public, so this one is ours. A code is stored and
stands in addresses; it is not changed any more.
"""

from __future__ import annotations

from collections.abc import Mapping

OTHER = "other"

CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "messengers": {
        "en": "Messengers",
        "es": "Mensajería",
        "pt": "Mensageiros",
        "id": "Perpesanan",
        "tr": "Mesajlaşma",
        "ru": "Мессенджеры",
    },
    "telephony": {
        "en": "Telephony",
        "es": "Telefonía",
        "pt": "Telefonia",
        "id": "Telepon",
        "tr": "Telefon",
        "ru": "Телефония",
    },
    "email": {
        "en": "E-mail",
        "es": "Correo electrónico",
        "pt": "E-mail",
        "id": "E-mail",
        "tr": "E-posta",
        "ru": "Электронная почта",
    },
    "forms": {
        "en": "Forms and sites",
        "es": "Formularios y sitios",
        "pt": "Formulários e sites",
        "id": "Formulir dan situs",
        "tr": "Formlar ve siteler",
        "ru": "Формы и сайты",
    },
    "payments": {
        "en": "Payments and invoices",
        "es": "Pagos y facturas",
        "pt": "Pagamentos e faturas",
        "id": "Pembayaran dan faktur",
        "tr": "Ödemeler ve faturalar",
        "ru": "Платежи и счета",
    },
    "documents": {
        "en": "Documents",
        "es": "Documentos",
        "pt": "Documentos",
        "id": "Dokumen",
        "tr": "Belgeler",
        "ru": "Документы",
    },
    "analytics": {
        "en": "Analytics",
        "es": "Analítica",
        "pt": "Análise",
        "id": "Analitik",
        "tr": "Analitik",
        "ru": "Аналитика",
    },
    "advertising": {
        "en": "Advertising",
        "es": "Publicidad",
        "pt": "Publicidade",
        "id": "Periklanan",
        "tr": "Reklam",
        "ru": "Реклама",
    },
    "automation": {
        "en": "Automation and AI",
        "es": "Automatización e IA",
        "pt": "Automação e IA",
        "id": "Otomatisasi dan AI",
        "tr": "Otomasyon ve yapay zekâ",
        "ru": "Автоматизация и ИИ",
    },
    "storage": {
        "en": "Storage",
        "es": "Almacenamiento",
        "pt": "Armazenamento",
        "id": "Penyimpanan",
        "tr": "Depolama",
        "ru": "Хранение файлов",
    },
    "industry": {
        "en": "Industry solutions",
        "es": "Soluciones por sector",
        "pt": "Setores",
        "id": "Solusi industri",
        "tr": "Sektör çözümleri",
        "ru": "Отраслевые решения",
    },
    OTHER: {
        "en": "Other",
        "es": "Otros",
        "pt": "Outros",
        "id": "Lainnya",
        "tr": "Diğer",
        "ru": "Другое",
    },
}
"""What each category is called, by its code, in the order in which they are shown."""


def category_name(code: str, language: str) -> str:
    """Return what a category is called.

    >>> category_name("payments", "es"), category_name("payments", "tr")
    ('Pagos y facturas', 'Ödemeler ve faturalar')
    """
    return CATEGORIES[code][language]
