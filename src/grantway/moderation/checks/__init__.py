"""The checklist of moderation as code (contract: widgets-and-marketplace.md 6.8)."""
