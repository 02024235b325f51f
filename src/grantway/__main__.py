"""`python -m grantway` is `grantway`."""

from grantway.cli import main

main()
