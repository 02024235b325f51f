"""What can go wrong before anything is sent."""

from __future__ import annotations

from grantway.kernel.errors import Invalid


class UriRefused(Invalid):
    """No call may go to this URI; *detail* says what its author has to change."""
