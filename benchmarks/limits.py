"""What single steps of answering cost by themselves, in this very run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import apsw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.figures import Samples
from benchmarks.in_process import keep_to
from benchmarks.processes import SERVER_CORE
from grantway.db.opening import sqlite_path

_SECONDS = 0.3


def per_cpu_second(work: Callable[[], object], rounds: int) -> Samples:
    """Return how often *work* is done in a second of processor time, on the server's core."""
    before = keep_to(SERVER_CORE)
    try:
        return Samples(tuple(_once(work) for _ in range(rounds)))
    finally:
        os.sched_setaffinity(0, before)


def _once(work: Callable[[], object]) -> float:
    work()
    done = 0
    started = time.process_time()
    while (spent := time.process_time() - started) < _SECONDS:
        for _ in range(20):
            work()
        done += 20
    return done / spent


def stored_page(url: str, account_id: int) -> Callable[[], object]:
    """Return the work of reading fifty stored documents and joining them."""
    connection = apsw.Connection(sqlite_path(url), flags=apsw.SQLITE_OPEN_READONLY)
    connection.execute("pragma mmap_size = 1073741824")
    # Values stand in the statement: bound ones would make SQLite plan it anew each time.
    sql = f"""
        select document from leads where account_id = {account_id} and is_deleted = false
         order by updated_at, id limit 50
    """

    def read() -> bytes:
        rows: list[Any] = connection.execute(sql).fetchall()
        return b",".join([row[0] for row in rows])

    return read


def verification() -> Callable[[], object]:
    """Return the work of verifying an RS256 signature."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key()
    text = b"x" * 700
    way, digest = padding.PKCS1v15(), hashes.SHA256()
    signature = private.sign(text, way, digest)
    return lambda: public.verify(signature, text, way, digest)


def signature() -> Callable[[], object]:
    """Return the work of signing a token of the usual length by RS256, past every library."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = b"x" * 700
    way, digest = padding.PKCS1v15(), hashes.SHA256()
    return lambda: private.sign(text, way, digest)
