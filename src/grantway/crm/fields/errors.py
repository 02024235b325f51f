"""What stands against a change of custom fields."""

from __future__ import annotations

from grantway.kernel.errors import NotFound, Unprocessable


class FieldNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Custom field not found", why=why)


class FieldNotDeletable(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("This custom field cannot be deleted", why=why)


class TooManyFields(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("There can be at most 1000 custom fields of an entity type", why=why)


class GroupNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Custom field group not found", why=why)


class GroupNotDeletable(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("This custom field group cannot be deleted", why=why)


class TooManyGroups(Unprocessable):
    def __init__(self, why: str = "") -> None:
        told = "There can be at most 100 custom field groups of an entity type"
        super().__init__(told, why=why)
