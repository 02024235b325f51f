"""Tasks: what somebody is to do until a moment, about an entity or about none."""
