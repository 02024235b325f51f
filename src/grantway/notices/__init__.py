"""Telling people what concerns them: in the product, and by e-mail where a mail server is set.

Owns what was told to whom, whether they saw it, and what became of its e-mail.
"""
