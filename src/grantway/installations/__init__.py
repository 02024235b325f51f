"""Which integration works in which account.

Installing makes a row, uninstalling ends it, installing again makes a new one;
so nothing that hung on an ended row ever comes back to life (S-76, S-83).
"""
