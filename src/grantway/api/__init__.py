"""Doors for programs: the REST API."""
