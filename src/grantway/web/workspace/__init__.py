"""{subdomain}.<root>: the account's data.

Nothing that gives access is made or shown here (S-139).
"""
