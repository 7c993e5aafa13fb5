"""Thousands of calls at once: bounded by the pool, and nothing is left of them.

CALLS=10000 in the environment asks for more of them.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from vectors import ROOT

import netstacks_sdk as sdk

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = int(os.environ.get("CALLS", "2000"))
CONNECTIONS = 20
LEFT_BLOCKS = CALLS // 4

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="open sockets are counted in /proc"
)


@contextmanager
def serving() -> Iterator[str]:
    """The URL of the benchmark's server."""
    command = [sys.executable, str(ROOT / "sdk/python/bench/server.py"), "1"]
    with subprocess.Popen(  # noqa: S603 (our own server)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def sockets() -> int:
    """How many this process has open."""
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the folder's own
            found += stat.S_ISSOCK(entry.stat().st_mode)
    return found


async def blocks() -> int:
    """How many blocks of memory the interpreter holds: any leak is one for each call at least."""
    await asyncio.sleep(0.01)  # the event loop lets go of what has ended
    gc.collect()
    return sys.getallocatedblocks()


async def flood(client: sdk.NetStacksClient, calls: int) -> int:
    """The most sockets that were open while the calls ran."""
    most = 0

    async def one() -> None:
        nonlocal most
        assert len(await client.devices.list()) == 1
        if next(count) % 100 == 0:
            most = max(most, sockets())

    count = itertools.count()
    await asyncio.gather(*(one() for _ in range(calls)))
    assert next(count) == calls
    return most


async def flooded(url: str) -> None:
    before = sockets()
    async with sdk.NetStacksClient(url, "token", max_connections=CONNECTIONS) as client:
        await asyncio.create_task(flood(client, 500))  # what stays for good is there now
        start = await blocks()
        most = await asyncio.create_task(flood(client, CALLS))
        assert most - before <= CONNECTIONS
        assert await blocks() - start < LEFT_BLOCKS
    assert sockets() == before


def test_thousands_of_calls_at_once_leave_nothing_behind() -> None:
    with serving() as url:
        asyncio.run(flooded(url))


def test_threads_leave_nothing_behind_either() -> None:
    before = sockets()
    with serving() as url, sdk.NetStacksSyncClient(url, "token", max_connections=5) as client:

        def some() -> None:
            for _ in range(20):
                assert len(client.devices.list()) == 1

        threads = [threading.Thread(target=some) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sockets() - before <= 5
    assert sockets() == before
