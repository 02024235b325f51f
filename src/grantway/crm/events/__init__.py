"""Reading what happened: lists of events, of what the reader may view (api-v4.md 4.3)."""
