"""Calls to the outside: where they may go, how they are sent, and what came of each.

The only package that connects to addresses of others. A call is a row that is
planned in the transaction of what it tells, claimed before it is sent (at most
once, S-204, S-214), and finished with what came back.
"""
