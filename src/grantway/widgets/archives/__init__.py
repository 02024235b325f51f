"""What a widget's archive holds: bytes in, an `Archive` or all its faults out.

Nothing here knows a database, a clock or a network. Reading takes up to two
seconds of processor time, so call it on a thread, and never inside a transaction.
"""
