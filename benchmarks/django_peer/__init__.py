"""The peer: django-oauth-toolkit, which checks a bearer token or swaps a refresh token."""
