"""The fixtures of the API's tests serve here too."""

from tests.integration.conftest import api, clock, open_api, signing_key

__all__ = ["api", "clock", "open_api", "signing_key"]
