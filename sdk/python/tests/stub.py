"""A Controller for tests: a real HTTP (and TLS) server on raw sockets that misbehaves on demand."""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SLOW_PIECES = 10


@dataclass(frozen=True)
class Request:
    """What a client sent; target is raw, names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """A server that gives one scripted response (as in the vectors) to each request in turn."""

    script: Sequence[dict[str, Any]] = ()
    forever: bool = False
    """The last response is given again and again."""
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    """How many were made in all."""
    open: int = 0
    """How many are open now."""

    def __post_init__(self) -> None:
        """Listen on a free port."""
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def running(self) -> Iterator[Stub]:
        """Serve until the block ends."""
        self._threads[0].start()
        try:
            yield self
        finally:
            self._stopping.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            for thread in self._threads:
                thread.join()
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self.open += 1
        try:
            if self.tls is not None:
                connection.settimeout(10)
                connection = self.tls.wrap_socket(connection, server_side=True)
            while self._exchange(connection):
                pass
        except OSError:  # the client went away, or did not like the certificate
            pass
        finally:
            with self._lock:
                self.open -= 1
            connection.close()

    def _exchange(self, connection: socket.socket) -> bool:
        """Answer one request; whether the connection stays open."""
        request = self._receive(connection)
        if request is None:
            return False
        with self._lock:
            index = len(self.requests)
            self.requests.append(request)
        if index >= len(self.script) and self.forever:
            index = len(self.script) - 1
        if index >= len(self.script):
            connection.sendall(b"HTTP/1.1 500 Unexpected\r\ncontent-length: 0\r\n\r\n")
            return True
        return self._respond(connection, self.script[index])

    def _receive(self, connection: socket.socket) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += (part := self._read(connection))
            if not part:
                return None
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        while len(body) < int(headers.get("content-length", "0")):
            body += (part := self._read(connection))
            if not part:
                return None
        return Request(method, target, headers, body)

    def _read(self, connection: socket.socket) -> bytes:
        """What comes next, b"" when the client or the test is over."""
        while not self._stopping.is_set():
            pending = isinstance(connection, ssl.SSLSocket) and connection.pending()
            if pending or select.select([connection], [], [], 0.05)[0]:
                return connection.recv(65536)
        return b""

    def _respond(self, connection: socket.socket, response: dict[str, Any]) -> bool:
        fault = response.get("fault")
        if fault == "hang":
            self._read(connection)
            return False
        if "status" not in response:
            return False
        head, body = self._rendered(response)
        delay = response.get("delay_ms", 0) / 1000
        if fault == "slow":
            return self._dribble(connection, head, body, delay)
        if delay and self._stopping.wait(delay):
            return False
        missing = 10 if fault == "close" else 0
        connection.sendall(_with_length(head, len(body) + missing) + body)
        return fault != "close"

    def _dribble(self, connection: socket.socket, head: str, body: bytes, delay: float) -> bool:
        connection.sendall(_with_length(head, len(body)))
        size = -(-len(body) // SLOW_PIECES)
        for start in range(0, len(body), size):
            if self._stopping.wait(delay):
                return False
            connection.sendall(body[start : start + size])
        return True

    def _rendered(self, response: dict[str, Any]) -> tuple[str, bytes]:
        headers = dict(response.get("headers", {}))
        if "json" in response:
            headers.setdefault("content-type", "application/json")
            body = json.dumps(response["json"], ensure_ascii=False).encode()
        else:
            body = response["text"].encode()
        status = HTTPStatus(response["status"])
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name}: {self._filled(value)}" for name, value in headers.items()]
        return "\r\n".join(lines), body

    def _filled(self, value: str) -> str:
        value = value.replace("${STUB}", self.url)
        before, sign, rest = value.partition("${HTTP_DATE+")
        if not sign:
            return value
        seconds, _, after = rest.partition("}")
        when = datetime.now(timezone.utc) + timedelta(seconds=int(seconds))
        return before + format_datetime(when, usegmt=True) + after


def _with_length(head: str, length: int) -> bytes:
    return f"{head}\r\ncontent-length: {length}\r\n\r\n".encode()
