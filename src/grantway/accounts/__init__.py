"""Accounts by subdomain, the people in them with their roles and rights, and their sessions.

The tenant is the account: everything that belongs to it is found by its id.
"""
