"""Widgets: the archives that integrators upload, their files, and which of them is in force.

An archive is read once, by code of our own, and kept as a whole or not at all (S-127 to S-138).
"""
