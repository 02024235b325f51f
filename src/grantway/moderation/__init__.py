"""Versions of public integrations: drafted, reviewed, and what became of them."""
