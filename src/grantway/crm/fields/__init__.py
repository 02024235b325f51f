"""Custom fields: their definitions and choices, and the values that entities carry in them.

Owns the wire form, the stored form and the filter index of the values, and the
epochs that tell how old the names in a rendered entity are (api-v4.md 3.10).
"""
