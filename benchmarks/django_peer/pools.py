"""Make the peer's database with an integration, and print pools of its refresh tokens as JSON."""

import datetime as dt
import json
import os
import secrets

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.django_peer.configuration"
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after Django is set up
from django.core.management import call_command  # noqa: E402 - as above
from django.db import transaction  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above
from oauth2_provider.models import AccessToken, Application, RefreshToken  # noqa: E402 - as above


def main() -> None:
    call_command("migrate", verbosity=0)
    user = User.objects.create(username="alice")
    application = Application.objects.create(
        name="Warehouse export",
        user=user,
        client_id="warehouse-export",
        client_secret=os.environ["BENCH_SECRET"],
        # As it comes, every refresh would wait for a password hash, and little else be measured.
        hash_client_secret=False,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris="https://integration.example/callback",
    )
    expires = timezone.now() + dt.timedelta(days=1)

    def refresh_token() -> str:
        access = AccessToken.objects.create(
            user=user,
            application=application,
            token=secrets.token_urlsafe(30),
            expires=expires,
            scope="crm",
        )
        refresh = RefreshToken.objects.create(
            user=user,
            application=application,
            token=secrets.token_urlsafe(30),
            access_token=access,
        )
        return str(refresh.token)

    pools, size = int(os.environ["BENCH_POOLS"]), int(os.environ["BENCH_POOL_SIZE"])
    with transaction.atomic():
        print(json.dumps([[refresh_token() for _ in range(size)] for _ in range(pools)]))


if __name__ == "__main__":
    main()
