"""What leads, contacts and companies have in common: documents, lists, writing, rights.

Written once, for every `Kind` of entity. A kind adds its own members, filters
and rules, and nothing else.
"""
