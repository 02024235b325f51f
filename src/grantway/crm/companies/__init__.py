"""Companies: entities without members of their own."""
