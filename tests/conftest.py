"""What every test may ask for."""

pytest_plugins = [
    "tests.databases",
    "tests.limiters",
    "tests.integration.web_fixtures",
    "tests.integration.moderation_fixtures",
]
