"""What stands against an import."""

from __future__ import annotations

from grantway.kernel.errors import Conflict, Invalid


class NothingToImport(Invalid):
    def __init__(self) -> None:
        super().__init__("There is nothing in the file")


class WrongMap(Invalid):
    """The file of translations is not as it should be; *told* says what is."""

    def __init__(self, told: str) -> None:
        super().__init__(f"The map cannot be used: {told}")


class ImportOvertaken(Conflict):
    def __init__(self) -> None:
        super().__init__("The same import is running elsewhere")
