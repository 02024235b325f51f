"""Small and pure: errors, the clock, identifiers and credentials, used by every package."""
