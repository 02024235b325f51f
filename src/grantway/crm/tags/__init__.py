"""The dictionary of tags of each type of entity (api-v4.md 3.9).

Owns names and colours. Which entity carries which tag is the entity's own matter.
"""
