"""The authorization server: grants, codes, tokens and the keys that sign them.

Everything hangs on a grant, a grant on an installation, an installation on
(integration, account). Each request with a token reads those rows, so ending
one works at once and needs no broadcast (S-73).
"""
