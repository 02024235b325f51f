"""Grantway: the open, self-hosted integration platform, in Kommo's dialect."""
