"""Make the peer's database, and print an access token that it accepts."""

import datetime as dt
import os
import secrets

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.django_peer.configuration"
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after Django is set up
from django.core.management import call_command  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above
from oauth2_provider.models import AccessToken, Application  # noqa: E402 - as above


def main() -> None:
    call_command("migrate", verbosity=0)
    user = User.objects.create(username="alice")
    application = Application.objects.create(
        name="Warehouse export",
        user=user,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris="https://integration.example/callback",
    )
    token = AccessToken.objects.create(
        user=user,
        application=application,
        token=secrets.token_urlsafe(30),
        expires=timezone.now() + dt.timedelta(days=1),
        scope="crm",
    )
    print(token.token)


if __name__ == "__main__":
    main()
