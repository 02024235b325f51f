"""The software that asks for access: private and public integrations, their settings and keys.

Works with any account's integrations by client id; who may manage one is
decided here: the administrators of the account that owns it.
"""
