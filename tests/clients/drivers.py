"""The drivers: which client each takes through its use, in what language, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["Python", "JavaScript", "PHP"]

# The contract lets the refresh token before the newest give the present pair again while
# nothing of that pair was used (authorization.md 21 row 4, rules S-48 and S-49).
_CONTRADICTS_S48 = {
    "old-refresh-token-refused": "fails, and must: rule S-48 of the contract asks for the opposite"
}


@dataclass(frozen=True, slots=True)
class Driver:
    """A script that takes one client through its use.

    The first of *packages* is the client itself. *known* names steps that cannot
    pass, with the reason; one of them that passes is a failure of this table.
    """

    script: str
    language: Language
    packages: tuple[str, ...]
    client: str = ""
    oldest_python: tuple[int, int] = (3, 11)
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call it: `aioamocrm` for `aioamocrm_driver.py`."""
        return self.script.partition(".")[0].removesuffix("_driver").replace("_", "-")

    @property
    def shown_client(self) -> tuple[str, str]:
        """The client and its version.

        >>> Driver("amocrm_js_driver.cjs", "JavaScript", ("amocrm-js@3.6.0",)).shown_client
        ('amocrm-js', '3.6.0')
        """
        name, _, version = self.packages[0].replace("==", "@").replace(":", "@").partition("@")
        return (self.client, "") if self.client else (name, version)


DRIVERS = [
    Driver(
        "seed_samples.py",
        "Python",
        ("requests==2.34.2",),
        client="the printed samples (curl, Python, JavaScript, PHP)",
    ),
    Driver("aioamocrm_driver.py", "Python", ("aioamocrm==0.1.1",), known=_CONTRADICTS_S48),
    Driver("amochka_driver.py", "Python", ("amochka==0.7.0",), known=_CONTRADICTS_S48),
    Driver("amocrm_api_driver.py", "Python", ("amocrm-api==2.6.1",)),
    Driver("amocrm_api_async_driver.py", "Python", ("amocrm-api-async==0.0.1",)),
    Driver(
        "kommo_sdk_data_engineer_driver.py",
        "Python",
        ("kommo-sdk-data-engineer==0.11.0",),
        oldest_python=(3, 12),
    ),
    Driver("yzel_driver.py", "Python", ("yzel==0.1.3",)),
    Driver(
        "requests_oauthlib_driver.py", "Python", ("requests-oauthlib==2.0.0", "requests==2.34.2")
    ),
    Driver("amocrm_js_driver.cjs", "JavaScript", ("amocrm-js@3.6.0",)),
    Driver("php_official_driver.php", "PHP", ("amocrm/amocrm-api-library:1.16.0",)),
]
