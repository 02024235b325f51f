"""What the doors share: hosts, callers, operation tables, errors, limits, headers and logs."""
