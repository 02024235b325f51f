"""Conditions on rows, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grantway.crm.entities.model import Condition, Range
from grantway.db import Value

ALL = Condition("true", {})
"""Restricts nothing."""
NONE = Condition("false", {})
"""Nothing meets it."""


def joined(conditions: Iterable[Condition]) -> dict[str, Value]:
    """Return the values of all *conditions*."""
    return {name: value for one in conditions for name, value in one.values.items()}


def both(*conditions: Condition) -> Condition:
    """Return the condition that all *conditions* are met; one may say which rows it is asked of."""
    return Condition(
        " and ".join(one.sql for one in conditions if one.sql != ALL.sql) or ALL.sql,
        joined(conditions),
        "".join(one.among for one in conditions),
    )


def either(conditions: Sequence[Condition]) -> Condition:
    """Return the condition that any of *conditions* is met."""
    sql = " or ".join(f"({one.sql})" for one in conditions) or "1 = 0"
    return Condition(f"({sql})", joined(conditions))


def between(column: str, ends: Range) -> Condition:
    """Return the condition that *column* lies within both ends."""
    return both(
        *(
            Condition(f"{column} {comparison} :{column}_{name}", {f"{column}_{name}": end})
            for comparison, name, end in ((">=", "least", ends.least), ("<=", "most", ends.most))
            if end is not None
        )
    )


def by_type(of_types: Mapping[str | None, Condition]) -> Condition:
    """Return the condition of the type of the row's entity; None: it hangs on none.

    A case is asked of the rows that are found; no index is looked for in its parts.
    """
    for same in (ALL, NONE):
        if all(one == same for one in of_types.values()):
            return same
    cases = " ".join(f"when '{name}' then {one.sql}" for name, one in of_types.items() if name)
    others = of_types.get(None, NONE)
    return Condition(
        f"case entity_type {cases} else {others.sql} end" if cases else others.sql,
        joined(of_types.values()),
    )
