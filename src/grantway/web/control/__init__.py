"""accounts.<root>: sign-in, and everything that gives access. No foreign script ever runs here."""
