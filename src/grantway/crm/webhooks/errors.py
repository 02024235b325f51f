"""What can go wrong with subscriptions."""

from __future__ import annotations

from grantway.kernel.errors import NotFound, Unprocessable


class WebhookNotFound(NotFound):
    """The account has no such subscription, or it belongs to another account."""

    def __init__(self, *, why: str = "") -> None:
        super().__init__("Webhook not found", why=why)


class DeliveryNotFound(NotFound):
    """The account has no such delivery, or it is not kept any more."""

    def __init__(self, *, why: str = "") -> None:
        super().__init__("Delivery not found", why=why)


class TooManyWebhooks(Unprocessable):
    """The account has as many subscriptions as it may have (api-v4.md 2.14)."""


class CannotSendAgain(Unprocessable):
    """The delivery is being sent, or was tried as often as one may be."""
