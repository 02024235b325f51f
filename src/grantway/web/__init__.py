"""Doors for people: the pages, one folder per origin, because the origin is the security boundary."""
