"""Django's settings: no more than is asked of it, SQLite as fast as Django offers it."""

import os

SECRET_KEY = "only for the benchmark, on loopback"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.django_peer.site"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("BENCH_DJANGO_DATABASE", ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "init_command": "pragma journal_mode=wal; pragma synchronous=normal;",
            "transaction_mode": "IMMEDIATE",
        },
    }
}
OAUTH2_PROVIDER = {
    "SCOPES": {"crm": "Access to the CRM"},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 24 * 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "ROTATE_REFRESH_TOKEN": True,
}
LOGGING = {"version": 1, "disable_existing_loggers": True}
