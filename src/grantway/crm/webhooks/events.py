"""The events that can be subscribed to (api-v4.md 3.12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

GROUPS: Mapping[str, Sequence[str]] = {
    "lead": ("add", "update", "delete", "restore", "status", "responsible", "note"),
    "contact": ("add", "update", "delete", "restore", "responsible", "note"),
    "company": ("add", "update", "delete", "restore", "responsible", "note"),
    "task": ("add", "update", "delete", "responsible"),
    "customer": ("add", "update", "delete", "responsible", "note"),
    "talk": ("add", "update"),
    "message": ("add",),
    "outgoing_message": ("add",),
    "chat_template_review": ("add",),
}
EVENTS = tuple(f"{action}_{what}" for what, actions in GROUPS.items() for action in actions)
