"""The protected data: one sub-package per resource, keyed by account and then by its own id."""
