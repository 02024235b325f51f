"""Measurements of Grantway against limits and peers of the same machine, all in one run.

`make bench` writes the tables in `docs/benchmarks`. Every figure about a server is
counted per second of processor time, because that moves far less than a wall clock
on a machine that others use as well.
"""
