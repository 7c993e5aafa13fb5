"""A server on loopback that answers every request with devices, as fast as Python can.

python bench/server.py [DEVICES] prints its URL and serves until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys

DEVICES = [
    {
        "id": f"00000000-0000-4000-8000-{n:012}",
        "org_id": "e168ceaa-dc72-4742-8f6f-f3a822fa8132",
        "name": f"core-router-{n}",
        "hostname": f"core-router-{n}.hel.acme.example",
        "port": 22,
        "device_type": "router",
        "manufacturer": "Cisco",
        "model": "ASR 1001-X",
        "platform": "cisco_iosxe",
        "site": "Helsinki",
        "source": "netbox",
        "default_credential_id": "660e8400-e29b-41d4-a716-446655440001",
        "created_at": "2025-02-03T08:15:00Z",
        "updated_at": "2026-05-11T06:40:12Z",
    }
    for n in range(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
]
BODY = json.dumps(DEVICES, separators=(",", ":")).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    + f"content-length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)


class Connection(asyncio.Protocol):
    """Answers once for each empty line, which ends a GET."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (for the type checker)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Requests come whole, for they are short."""
        self._transport.write(ANSWER * data.count(b"\r\n\r\n"))


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
