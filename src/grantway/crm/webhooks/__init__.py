"""Telling addresses of an account's choice what happens to its data (api-v4.md 3.12, 3.13).

The lowest package of the CRM: entities plan what is told with what they change, and the worker
sends it after the commit.
"""
