"""The peer: django-oauth-toolkit that checks a bearer token and answers with ready bytes."""
