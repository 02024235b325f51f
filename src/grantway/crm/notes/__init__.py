"""Notes of leads, contacts and companies: what was said, heard and written about them.

A note follows its entity: who may see the entity may read its notes, and who may
edit it may write them.
"""
