"""The door of time: what happens because a moment has come, and nobody asked."""
