# ruff: noqa: RUF001 - words of languages have their own letters
"""In which language a text is (L1)."""

import pytest

from grantway.moderation.checks.speech import other_language

# Each language tells the same, as descriptions of integrations do.
SAID = {
    "en": [
        "See where each parcel is, and when it will arrive at your customer.",
        "To disable it, open the settings of the account and press the button.",
        "Sends a message to your customers as soon as an invoice is paid.",
    ],
    "es": [
        "Vea dónde está cada paquete y cuándo llega a la puerta del cliente.",
        "Para desactivarla, abra los ajustes de la cuenta y pulse el botón.",
        "Envía un mensaje a sus clientes en cuanto se paga una factura.",
    ],
    "pt": [
        "Veja onde está cada pacote e quando ele chega na porta do seu cliente.",
        "Para desativar, abra as configurações da sua conta e clique no botão.",
        "Envia uma mensagem aos seus clientes quando uma fatura é paga.",
    ],
    "id": [
        "Lihat di mana setiap paket berada dan kapan akan tiba di pelanggan Anda.",
        "Untuk menonaktifkan, buka pengaturan akun ini dan tekan tombol yang ada.",
        "Mengirim pesan ke pelanggan Anda saat faktur sudah dibayar.",
    ],
    "tr": [
        "Her paketin nerede olduğunu ve ne zaman geleceğini bu ekranda görün.",
        "Kapatmak için hesap ayarlarını açın ve bu düğmeye basın, daha sonra çıkın.",
        "Bir fatura ödendiği zaman sizin için müşteriye hemen bir mesaj gönderir.",
    ],
    "ru": [
        "Показывает, где находится каждая посылка и когда она придёт к клиенту.",
        "Чтобы отключить интеграцию, откройте настройки аккаунта и нажмите кнопку.",
        "Отправляет сообщение вашим клиентам, как только счёт оплачен.",
    ],
}
EACH = [
    pytest.param(language, text, id=f"{language} {number}")
    for language, said in SAID.items()
    for number, text in enumerate(said)
]


@pytest.mark.parametrize(("language", "text"), EACH)
def test_a_text_is_in_its_own_language_and_not_plainly_in_another(language: str, text: str) -> None:
    assert other_language(text, language) is None


@pytest.mark.parametrize("language", SAID)
def test_a_longer_text_is_recognized_whatever_it_claims_to_be(language: str) -> None:
    text = " ".join(SAID[language])

    guesses = {claimed: other_language(text, claimed) for claimed in SAID if claimed != language}

    assert guesses == dict.fromkeys(guesses, language)


@pytest.mark.parametrize(
    "text", ["", "Parcel tracker", "OK", "CRM, API & OAuth 2.0", "12345", "Dana Labs S.L."]
)
@pytest.mark.parametrize("language", SAID)
def test_names_and_short_texts_are_in_no_language(text: str, language: str) -> None:
    assert other_language(text, language) is None


def test_a_few_words_of_another_language_are_no_other_language() -> None:
    text = f'{SAID["es"][0]} Pulse "Send it to the customer". {SAID["es"][1]}'

    assert other_language(text, "es") is None


def test_an_unknown_language_is_compared_with_all() -> None:
    assert other_language(" ".join(SAID["en"]), "xx") == "en"
