"""Doors for people: one folder per origin, because the origin is the security boundary."""
