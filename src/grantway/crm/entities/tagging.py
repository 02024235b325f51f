"""Which tags a write leaves on an entity (api-v4.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantway.crm.tags.model import TagRef, read_refs
from grantway.kernel.errors import Violation


class Tagging:
    """`_embedded.tags` replaces, then `tags_to_add` adds, then `tags_to_delete` takes away."""

    def __init__(self, values: dict[str, Any], violations: list[Violation]) -> None:
        embedded = values.get("_embedded") or {}
        self._replaces = "tags" in embedded
        lists = (
            (embedded.get("tags"), "_embedded.tags", False),
            (values.get("tags_to_add"), "tags_to_add", False),
            (values.get("tags_to_delete"), "tags_to_delete", True),
        )
        self.refs: list[TagRef] = []
        self._lengths: list[int] = []
        for raw, path, may_be_missing in lists:
            if raw is None:
                self._lengths.append(0)
                continue
            refs, faults = read_refs(raw, path, may_be_missing=may_be_missing)
            violations.extend(faults)
            self.refs += refs
            self._lengths.append(len(refs))

    def result(self, present: Sequence[int], ids: Sequence[int]) -> tuple[int, ...]:
        """Return the tags of an entity that has *present*; *ids* are those of `refs`, in order."""
        first, second, _ = self._lengths
        kept = list(ids[:first]) if self._replaces else list(present)
        kept += ids[first : first + second]
        dropped = set(ids[first + second :])
        return tuple(dict.fromkeys(tag_id for tag_id in kept if tag_id not in dropped))
