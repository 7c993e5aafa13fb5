"""How many times a second devices.list of fifty devices is called, against bare httpx.

python bench/throughput.py [ROUNDS]

Both clients take turns in one run, so that a noisy machine is noisy for both. The median of the
ratios is the figure; below 0.85 the script fails.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from netstacks_sdk import NetStacksClient, NetStacksSyncClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

GOAL = 0.85
CALLS = 300
AT_ONCE = 8
TOKEN = "bench-token"  # noqa: S105 (it opens nothing)
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def serving() -> Iterator[str]:
    """The URL of a server in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("server.py"))]
    with subprocess.Popen(  # noqa: S603 (our own server)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101 (for the type checker)
        assert process.stdout is not None  # noqa: S101 (for the type checker)
        yield process.stdout.readline().strip()
        process.stdin.close()


def rate(call: Callable[[], object]) -> float:
    """Calls a second, one after the other."""
    started = time.perf_counter()
    for _ in range(CALLS):
        call()
    return CALLS / (time.perf_counter() - started)


async def async_rate(call: Callable[[], Awaitable[object]]) -> float:
    """Calls a second, AT_ONCE at the same time."""

    async def some() -> None:
        for _ in range(CALLS // AT_ONCE):
            await call()

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return CALLS // AT_ONCE * AT_ONCE / (time.perf_counter() - started)


def told(name: str, pairs: list[tuple[float, float]]) -> bool:
    """Print the figures; whether the goal is reached."""
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    ours, bare = (statistics.median(column) for column in zip(*pairs))
    print(f"{name}: {ours:.0f}/s, bare httpx {bare:.0f}/s: {ratio:.2f}x (goal {GOAL}x)")
    return ratio >= GOAL


def synchronous(base: str, rounds: int) -> bool:
    """The synchronous client against httpx.Client."""
    url = f"{base}/internal/v1/devices"
    with (
        NetStacksSyncClient(base, TOKEN) as client,
        httpx.Client(headers=HEADERS, trust_env=False) as http,
    ):
        pairs = [
            (rate(client.devices.list), rate(lambda: http.get(url).json()))
            for _ in range(rounds + 1)
        ]
    return told("sync", pairs[1:])


async def asynchronous(base: str, rounds: int) -> bool:
    """The asynchronous client against httpx.AsyncClient."""
    url = f"{base}/internal/v1/devices"

    async def bare() -> object:
        return (await http.get(url)).json()

    async with (
        NetStacksClient(base, TOKEN) as client,
        httpx.AsyncClient(headers=HEADERS, trust_env=False) as http,
    ):
        pairs = [
            (await async_rate(client.devices.list), await async_rate(bare))
            for _ in range(rounds + 1)
        ]
    return told("async", pairs[1:])


def main() -> None:
    """Compare both clients; the first round warms up."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with serving() as base:
        reached = [asyncio.run(asynchronous(base, rounds)), synchronous(base, rounds)]
    sys.exit(0 if all(reached) else 1)


if __name__ == "__main__":
    main()
