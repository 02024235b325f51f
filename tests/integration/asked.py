"""What the database is asked: the texts of statements, in their order, in place of a clock."""

from typing import Any

import pytest

from grantway.db.postgresql import PostgresqlTransaction
from grantway.db.sqlite import SqliteReader, SqliteTransaction

_ASKING = (
    *("all", "one", "column", "value"),
    *("change", "change_many", "lock", "lock_values", "sweep", "take_ids"),
)


class Asked:
    """The statements that were run since `clear`, whichever database runs them."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def clear(self) -> None:
        self.texts.clear()

    def listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for kind in (SqliteReader, SqliteTransaction, PostgresqlTransaction):
            for name in _ASKING:
                if name in vars(kind):
                    monkeypatch.setattr(kind, name, self._heard(vars(kind)[name]))

    def _heard(self, run: Any) -> Any:
        def listening(one: Any, *given: Any, **values: Any) -> Any:
            self.texts.append(next(text for text in given if isinstance(text, str)))
            return run(one, *given, **values)

        return listening
