"""Which entities belong together: leads to contacts and companies, contacts to companies.

Owns the relation alone. Who may link what, and what the entities show of it, is
decided above (contract: api-v4.md 3.11).
"""
