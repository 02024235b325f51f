"""One page behind a bearer token, the token endpoint, and the WSGI application of both."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.django_peer.configuration")
application = get_wsgi_application()

# After the settings are there: the toolkit's models are made when it is imported.
from oauth2_provider.decorators import protected_resource  # noqa: E402 - after Django is set up

_BODY = b"x" * int(os.environ.get("BENCH_BYTES", "25000"))


def _page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_BODY, content_type="application/hal+json")


urlpatterns = [
    path("page", protected_resource(scopes=["crm"])(_page)),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
