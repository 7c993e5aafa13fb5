"""What the vectors cannot show: printed forms, connections, waiting and giving up."""

from __future__ import annotations

import asyncio
import copy
import inspect
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from stub import Stub

import netstacks_sdk as sdk
from netstacks_sdk import _call, _settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Certificates

TOKEN = "a-token-of-its-own"  # noqa: S105 (it opens nothing)
EMPTY = {"status": 200, "json": []}
DEVICE = {"id": "1", "name": "n", "hostname": "h", "device_type": "router"}
CLIENTS: list[Any] = [sdk.NetStacksClient, sdk.NetStacksSyncClient]


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A Controller without devices."""
    with Stub([EMPTY], forever=True).running() as running:
        yield running


def wait_until(condition: Any) -> None:
    """Fail where a condition does not come true soon."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_printed_form_has_the_address_and_no_token(client: Any) -> None:
    printed = repr(client("http://controller:3000/", TOKEN, timeout=5))
    assert printed == f"{client.__name__}(base_url='http://controller:3000', timeout=5)"
    assert TOKEN not in repr(vars(client("http://controller:3000", TOKEN)))


def test_a_token_in_the_wrong_place_is_masked_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    later: dict[str, Any] = {"status": 503, "json": {}, "headers": {"retry-after": "0"}}
    script = [later, {"fault": "hang"}]
    with (
        Stub(script).running() as stub,
        sdk.NetStacksSyncClient(f"{stub.url}/{TOKEN}", TOKEN, timeout=2) as client,
        pytest.raises(sdk.NetStacksTimeoutError) as caught,
    ):
        client.devices.get(TOKEN)
    assert TOKEN not in f"{client!r} {caught.value!r} {caplog.text}"
    with pytest.raises(sdk.NetStacksInvalidArgumentError) as refused:
        sdk.NetStacksSyncClient(TOKEN, TOKEN)
    assert TOKEN not in str(refused.value)


def test_logs_tell_of_another_attempt_and_not_of_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    script = [{"status": 503, "json": {}, "headers": {"retry-after": "0"}}, EMPTY]
    with Stub(script).running() as stub, sdk.NetStacksSyncClient(stub.url, TOKEN) as client:
        client.devices.list("router")
    assert "GET /devices: 503; trying again in 0.0 s" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("answer", [{"error": f"bad {TOKEN}", TOKEN: [TOKEN, 1]}, f"no {TOKEN}"])
def test_the_body_of_an_error_is_masked(answer: Any) -> None:
    with (
        Stub([{"status": 400, "json": answer}]).running() as stub,
        sdk.NetStacksSyncClient(stub.url, TOKEN) as client,
        pytest.raises(sdk.NetStacksAPIError) as caught,
    ):
        client.devices.list()
    assert caught.value.body
    assert TOKEN not in repr(caught.value.body)


def test_a_credential_shows_its_secret_only_to_who_asks() -> None:
    credential = sdk.Credential(id="1", name="n", credential_type="api_token", secret="s3cret")  # noqa: S106
    assert "s3cret" not in f"{credential} {credential!r}"
    assert credential.secret == "s3cret"  # noqa: S105


def test_errors_can_be_copied_and_pickled() -> None:
    error = sdk.NetStacksAPIError(403, "no", "read_devices", {"error": "no"})
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert (again.status, again.message, again.required) == (403, "no", "read_devices")
        assert str(again) == str(error)


def test_every_error_is_one_of_the_package() -> None:
    for name in sdk.__all__:
        if name.endswith("Error"):
            assert issubclass(getattr(sdk, name), sdk.NetStacksError)


def test_both_clients_have_the_same_operations_with_the_same_arguments() -> None:
    twins = [client("http://controller", TOKEN) for client in CLIENTS]
    names = [name for name in vars(twins[0]) if not name.startswith("_")]
    assert names == [name for name in vars(twins[1]) if not name.startswith("_")]
    for name in names:
        here, there = (getattr(twin, name) for twin in twins)
        methods = [method for method in dir(here) if not method.startswith("_")]
        assert methods == [method for method in dir(there) if not method.startswith("_")]
        for method in methods:
            signatures = [inspect.signature(getattr(twin, method)) for twin in (here, there)]
            assert signatures[0].parameters == signatures[1].parameters
            assert getattr(here, method).__doc__.replace("`async for`", "`for`") == (
                getattr(there, method).__doc__
            )


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"timeout": float("inf")},
        {"max_connections": 0},
        {"base_url": "http://user:secret@controller"},
        {"base_url": "http://controller?x=1"},
        {"base_url": "http://[::1"},
        {"base_url": "http://controller:port"},
        {"base_url": "http://a b"},
        {"base_url": "http://controller/#x"},
    ],
)
def test_what_cannot_work_is_refused(client: Any, options: dict[str, Any]) -> None:
    with pytest.raises(sdk.NetStacksInvalidArgumentError) as caught:
        client(**{"base_url": "http://controller", "token": TOKEN, **options})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.devices.get("\ud800"),
        lambda c: c.devices.list("\ud800"),
        lambda c: c.llm.chat([sdk.ChatMessage(role="user", content="x")], temperature=float("nan")),
        lambda c: c.agents.trigger("a", context={"x": object()}),
        lambda c: c.agents.trigger("a", prompt="\ud800"),
        lambda c: c.gnmi.execute("d", "get", paths="/a"),
    ],
)
def test_what_cannot_be_sent_is_refused(stub: Stub, call: Any) -> None:
    with (
        sdk.NetStacksSyncClient(stub.url, TOKEN) as client,
        pytest.raises(sdk.NetStacksInvalidArgumentError),
    ):
        call(client)
    assert stub.requests == []


def test_a_closed_client_is_not_used(stub: Stub) -> None:
    client = sdk.NetStacksSyncClient(stub.url, TOKEN)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.devices.list()

    async def closed() -> None:
        async with sdk.NetStacksClient(stub.url, TOKEN) as twin:
            pass
        await twin.devices.list()

    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(closed())
    assert stub.requests == []


def test_the_unchecked_certificate_is_said_once_for_each_process() -> None:
    code = (
        "import netstacks_sdk as sdk\n"
        "for _ in range(2):\n"
        "  for client in (sdk.NetStacksSyncClient, sdk.NetStacksClient):\n"
        "    client('https://controller', 'token')\n"
    )
    source = str(Path(sdk.__file__).parents[1])
    environment = {**os.environ, "NETSTACKS_TLS_VERIFY": "NO", "PYTHONPATH": source}
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr.count("NETSTACKS_TLS_VERIFY=false") == 1
    assert done.stdout == ""


def test_the_text_of_a_pem_file_is_trusted_too(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificates.files["ca-file"].read_text(encoding="utf-8")
    monkeypatch.setenv("NETSTACKS_CA_CERT", pem)
    monkeypatch.setenv("NETSTACKS_SERVICE_TOKEN", TOKEN)
    tls = certificates.servers["self-signed"]
    with Stub([EMPTY], tls=tls).running() as stub, sdk.NetStacksSyncClient(stub.url) as client:
        assert client.devices.list() == []
    monkeypatch.setenv("NETSTACKS_CA_CERT", "-----BEGIN CERTIFICATE-----")
    with pytest.raises(sdk.NetStacksTLSError, match="NETSTACKS_CA_CERT cannot be used"):
        sdk.NetStacksSyncClient("https://controller", TOKEN)


def after(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("3", 3, 3),
        ("10", 10, 10),
        ("11", 10, 10),
        ("9" * 5000, 10, 10),
        (after(86400), 10, 10),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0, 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 10, 10),
        ("Fri, 31 Dec 9999 23:59:59", 10, 10),
        ("Fri, 99 Dec 9999 23:59:59 GMT", 0.1, 0.3),
        ("\u0663", 0.1, 0.3),
        ("1e3", 0.1, 0.3),
    ],
)
def test_retry_after_is_at_most_ten_seconds(text: str, least: float, most: float) -> None:
    settings = _settings.Settings("http://controller", TOKEN, 30, 1)
    call = _call.Call(settings, sdk._operations.get_device("1"))  # noqa: SLF001
    headers = [(b"retry-after", text.encode())]
    wait = call.wait_after(httpx.Response(503, headers=headers))
    assert wait is not None
    assert least <= wait <= most


def test_waits_double_and_differ() -> None:
    settings = _settings.Settings("http://controller", TOKEN, 30, 1)
    waits = []
    for _ in range(50):
        call = _call.Call(settings, sdk._operations.list_api_resources())  # noqa: SLF001
        waits.append([call.wait_after(httpx.ReadError("gone")) for _ in range(2)])
    for number, base in enumerate((0.2, 0.4)):
        column = [wait[number] or 0 for wait in waits]
        assert base * 0.5 <= min(column) < base < max(column) <= base * 1.5


def test_an_answer_that_cannot_be_unpacked_is_a_decoding_error() -> None:
    script = [{"status": 200, "text": "no gzip", "headers": {"content-encoding": "gzip"}}]
    with (
        Stub(script).running() as stub,
        sdk.NetStacksSyncClient(stub.url, TOKEN) as client,
        pytest.raises(sdk.NetStacksDecodeError, match="unpacked"),
    ):
        client.devices.list()


def test_connections_are_used_again(stub: Stub) -> None:
    async def many() -> None:
        async with sdk.NetStacksClient(stub.url, TOKEN) as client:
            for _ in range(20):
                await client.devices.list()

    asyncio.run(many())
    assert (stub.connections, len(stub.requests)) == (1, 20)
    with sdk.NetStacksSyncClient(stub.url, TOKEN) as client:
        for _ in range(20):
            client.devices.list()
    assert (stub.connections, len(stub.requests)) == (2, 40)
    wait_until(lambda: stub.open == 0)


def test_calls_share_the_connections_there_are(stub: Stub) -> None:
    async def many() -> None:
        async with sdk.NetStacksClient(stub.url, TOKEN, max_connections=3) as client:
            await asyncio.gather(*(client.devices.list() for _ in range(60)))

    asyncio.run(many())
    assert stub.connections <= 3
    assert len(stub.requests) == 60
    with sdk.NetStacksSyncClient(stub.url, TOKEN, max_connections=3) as client:
        threads = [threading.Thread(target=client.devices.list) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert stub.connections <= 6
    assert len(stub.requests) == 120


def test_cancelling_gives_the_connection_back() -> None:
    async def cancelled(url: str, stub: Stub) -> None:
        async with sdk.NetStacksClient(url, TOKEN, max_connections=1) as client:
            for count in (1, 2, 3):
                task = asyncio.create_task(client.devices.list())
                await asyncio.to_thread(wait_until, lambda n=count: len(stub.requests) == n)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await asyncio.to_thread(wait_until, lambda: stub.open == 0)
            assert await client.devices.list() == []

    hang = {"fault": "hang"}
    with Stub([hang, hang, hang, EMPTY]).running() as stub:
        asyncio.run(cancelled(stub.url, stub))


@pytest.mark.parametrize("client", ["async", "sync"])
def test_a_time_out_gives_the_connection_back(client: str) -> None:
    script: list[dict[str, Any]] = [{"fault": "hang"}, EMPTY]
    with Stub(script).running() as stub:
        if client == "sync":
            with sdk.NetStacksSyncClient(stub.url, TOKEN, 2, max_connections=1) as twin:
                with pytest.raises(sdk.NetStacksTimeoutError):
                    twin.devices.list()
                assert twin.devices.list() == []
        else:
            asyncio.run(_timed_out(stub.url))
        wait_until(lambda: stub.open == 0)


async def _timed_out(url: str) -> None:
    async with sdk.NetStacksClient(url, TOKEN, 2, max_connections=1) as client:
        with pytest.raises(sdk.NetStacksTimeoutError):
            await client.devices.list()
        assert await client.devices.list() == []


def test_a_header_that_comes_byte_by_byte_runs_out_of_time() -> None:
    """Httpx alone bounds each read, and each of these is quick."""
    with _dribbling_server() as url:
        started = time.monotonic()
        with (
            sdk.NetStacksSyncClient(url, TOKEN, timeout=0.3) as client,
            pytest.raises(sdk.NetStacksTimeoutError),
        ):
            client.devices.list()
        assert time.monotonic() - started < 2


class _dribbling_server:  # noqa: N801 (used as a function)
    def __enter__(self) -> str:
        import socket  # noqa: PLC0415

        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            with suppress(OSError):
                while not self._over.wait(0.02):
                    connection.sendall(b"x")

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._listener.close()


def test_leaving_off_in_the_middle_of_the_pages_asks_for_no_more() -> None:
    script = [{"status": 200, "json": [DEVICE, {**DEVICE, "id": "2"}]}]
    with Stub(script).running() as stub, sdk.NetStacksSyncClient(stub.url, TOKEN) as client:
        assert next(iter(client.devices.all(page_size=2))).id == "1"
        assert len(stub.requests) == 1


def test_cookies_and_netrc_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with Stub([EMPTY]).running() as stub, sdk.NetStacksSyncClient(stub.url, TOKEN) as client:
        client.devices.list()
    assert stub.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert stub.requests[0].headers["user-agent"] == f"netstacks-sdk-python/{sdk.__version__}"
