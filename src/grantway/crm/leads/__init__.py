"""Leads: reading, filtering and writing them, one or many at a time."""
