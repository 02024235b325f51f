"""Moving an account's data in and out: what the API prints, line by line, written and read back.

Owns how far each import has come, and which old id became which new one.
"""
