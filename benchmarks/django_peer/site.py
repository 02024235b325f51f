"""One page behind a bearer token, and the WSGI application that serves it."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.django_peer.configuration")
application = get_wsgi_application()

# After the settings are there: the toolkit's models are made when it is imported.
from oauth2_provider.decorators import protected_resource  # noqa: E402 - after Django is set up

_BODY = b"x" * int(os.environ.get("BENCH_BYTES", "25000"))


def _page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_BODY, content_type="application/hal+json")


urlpatterns = [path("page", protected_resource(scopes=["crm"])(_page))]
