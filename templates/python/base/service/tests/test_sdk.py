"""The client of the Controller, against a server that gives scripted answers."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

import sdk
from sdk import (
    ChatMessage,
    ChatResponse,
    Credential,
    Device,
    KnowledgeResult,
    MissingTokenError,
    MissingURLError,
    NetStacksAPIError,
    NetStacksConfigError,
    NetStacksConnectionError,
    NetStacksDecodeError,
    NetStacksError,
    NetStacksInvalidArgumentError,
    NetStacksSDK,
    NetStacksTimeoutError,
    NetStacksTLSError,
)
from tests.controller import Answer, Controller, serving
from tests.fixtures import TOKEN

DEVICE = {"id": "1", "name": "n", "hostname": "h", "device_type": "router"}


def call(use: Callable[[NetStacksSDK], Awaitable[Any]]) -> Any:
    """What use returns, given a client that the environment sets up."""

    async def run() -> Any:
        async with NetStacksSDK() as client:
            return await use(client)

    return asyncio.run(run())


def list_devices(client: NetStacksSDK) -> Awaitable[list[Device]]:
    """The simplest call that is sent again when it fails."""
    return client.list_devices()


@pytest.mark.parametrize("wrapped", [None, "items", "data", "devices"])
def test_lists_may_be_wrapped(controller: Controller, wrapped: str | None) -> None:
    rows = [{**DEVICE, "unknown": 1}]
    controller.answers = [Answer(body={wrapped: rows} if wrapped else rows)]
    devices = call(lambda c: c.list_devices("o", "router", limit=5, offset=10))
    assert devices == [Device("1", "n", "h", "router")]
    (request,) = controller.requests
    query = "org_id=o&device_type=router&limit=5&offset=10"
    assert request.path == f"/internal/v1/devices?{query}"


def test_host_is_read_where_hostname_is_missing(controller: Controller) -> None:
    body = {"id": "1", "name": "n", "host": "h", "device_type": "router"}
    controller.answers = [Answer(body=body)]
    device = call(lambda c: c.get_device("1"))
    assert device == Device("1", "n", "h", "router")


def test_a_credential_does_not_show_its_secret(controller: Controller) -> None:
    body = {"id": "1", "name": "n", "credential_type": "ssh_password", "secret": "s3"}
    controller.answers = [Answer(body=body)]
    credential = call(lambda c: c.get_credential("1"))
    assert credential == Credential("1", "n", "ssh_password", "s3")
    assert "s3" not in repr(credential)


def test_a_chat_is_sent_once_with_what_was_said(controller: Controller) -> None:
    controller.answers = [Answer(body={"content": "hello", "model": "m"})]
    answer = call(lambda c: c.chat([ChatMessage("user", "hi")], max_tokens=9))
    assert answer == ChatResponse("hello", "m")
    (request,) = controller.requests
    assert (request.method, request.path) == ("POST", "/internal/v1/llm/chat")
    messages = [{"role": "user", "content": "hi"}]
    assert json.loads(request.body) == {"messages": messages, "max_tokens": 9}


def test_knowledge_is_searched(controller: Controller) -> None:
    body = [{"id": "1", "title": "t", "snippet": "s", "score": 0.5}]
    controller.answers = [Answer(body=body)]
    results = call(lambda c: c.search_knowledge("a b&c", limit=3))
    assert results == [KnowledgeResult("1", "t", "s", 0.5)]
    (request,) = controller.requests
    assert request.path == "/internal/v1/knowledge/search?q=a+b%26c&limit=3"


def test_what_does_not_exist_is_none(controller: Controller) -> None:
    controller.answers = [Answer(404, {"error": "no such thing"})]
    assert call(lambda c: c.get_device("1")) is None
    assert call(lambda c: c.get_credential("1")) is None


def test_ids_are_percent_encoded(controller: Controller) -> None:
    controller.answers = [Answer(404)]
    call(lambda c: c.get_device("../a b?ü"))
    assert controller.requests[0].path == "/internal/v1/devices/..%2Fa%20b%3F%C3%BC"


@pytest.mark.parametrize("resource_id", ["", " \t\n", ".", ".."])
def test_what_is_no_id_is_not_sent(controller: Controller, resource_id: str) -> None:
    with pytest.raises(NetStacksInvalidArgumentError, match="not the id of a resource"):
        call(lambda c: c.get_device(resource_id))
    assert controller.requests == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_get_is_tried_again(controller: Controller, status: int) -> None:
    controller.answers = [Answer(status), Answer(status), Answer(body=[])]
    assert call(list_devices) == []
    assert len(controller.requests) == 3


def test_a_get_is_given_up_after_three_attempts(controller: Controller) -> None:
    controller.answers = [Answer(503, {"error": "later"})]
    with pytest.raises(NetStacksAPIError, match="503: later"):
        call(list_devices)
    assert len(controller.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_other_errors_are_not_tried_again(controller: Controller, status: int) -> None:
    controller.answers = [Answer(status, {"error": "no"})]
    with pytest.raises(NetStacksAPIError) as caught:
        call(list_devices)
    assert caught.value.status == status
    assert len(controller.requests) == 1


def test_a_post_is_never_tried_again(controller: Controller) -> None:
    controller.answers = [Answer(503)]
    with pytest.raises(NetStacksAPIError):
        call(lambda c: c.chat([]))
    assert len(controller.requests) == 1


def test_the_controller_may_say_how_long_to_wait(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    controller.answers = [
        Answer(429, headers={"Retry-After": "3"}),
        Answer(503, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}),
        Answer(body=[]),
    ]
    call(list_devices)
    assert waited == [3.0, sdk.LONGEST_DELAY_SECONDS]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "text"}, "text"),
        ({"error": {"code": "c", "message": "text", "status": 400}}, "text"),
        ({"error": {"code": "c"}}, "c"),
        ({}, "Bad Request"),
        ([1], "Bad Request"),
        (b"<html>", "Bad Request"),
    ],
)
def test_both_shapes_of_an_error_are_read(
    controller: Controller, body: Any, message: str
) -> None:
    controller.answers = [Answer(400, body)]
    with pytest.raises(NetStacksAPIError) as caught:
        call(list_devices)
    assert caught.value.message == message


def test_a_missing_capability_is_named(controller: Controller) -> None:
    body = {"error": "Insufficient capabilities", "required": "read_devices"}
    controller.answers = [Answer(403, body)]
    with pytest.raises(NetStacksAPIError, match='add "read_devices" to') as caught:
        call(list_devices)
    assert caught.value.required == "read_devices"


@pytest.mark.parametrize(
    "body", [b"<html>", {"error": "x"}, "text", [1], [{**DEVICE, "port": "s3"}]]
)
def test_an_answer_of_another_shape_is_an_error(
    controller: Controller, body: Any
) -> None:
    controller.answers = [Answer(200, body)]
    with pytest.raises(NetStacksDecodeError) as caught:
        call(list_devices)
    assert "s3" not in str(caught.value)
    assert len(controller.requests) == 1


def test_what_comes_too_late_is_not_asked_for_again(controller: Controller) -> None:
    client = NetStacksSDK(timeout=1e-9)
    with pytest.raises(NetStacksTimeoutError, match="did not answer within"):
        asyncio.run(client.list_devices())
    assert controller.requests == []


def test_the_token_is_in_no_error(controller: Controller) -> None:
    controller.answers = [Answer(500, {"error": f"bad token {TOKEN}"})]
    with pytest.raises(NetStacksAPIError) as caught:
        call(list_devices)
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(NetStacksSDK(f"http://controller/{TOKEN}"))
    assert repr(NetStacksSDK("http://c", "")) == "NetStacksSDK(base_url='http://c')"


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("CONTROLLER_API_URL", "", MissingURLError),
        ("CONTROLLER_API_URL", "controller:3000", NetStacksInvalidArgumentError),
        ("CONTROLLER_API_URL", "http://[", NetStacksInvalidArgumentError),
        ("NETSTACKS_SERVICE_TOKEN", " ", MissingTokenError),
        ("NETSTACKS_SERVICE_TOKEN", "two\nlines", NetStacksInvalidArgumentError),
    ],
)
def test_what_the_environment_lacks_is_said_by_the_first_call(
    controller: Controller,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    kind: type[NetStacksError],
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(kind, match=name):
        call(list_devices)
    assert controller.requests == []


def test_nobody_there_is_said_with_the_address(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as gone:
        monkeypatch.setenv("CONTROLLER_API_URL", gone.url)
    with pytest.raises(NetStacksConnectionError, match=gone.url):
        call(list_devices)
    assert controller.requests == []


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that no system trusts."""
    return trustme.CA()


def tls_server(authority: trustme.CA) -> ssl.SSLContext:
    """The TLS of a server that the authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.mark.parametrize("given_as", ["file", "text"])
def test_the_named_authority_is_trusted(
    authority: trustme.CA,
    controller: Controller,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    given_as: str,
) -> None:
    pem = authority.cert_pem.bytes().decode()
    file = tmp_path / "ca.pem"
    file.write_text(pem)
    monkeypatch.setenv("NETSTACKS_CA_CERT", str(file) if given_as == "file" else pem)
    with serving(tls_server(authority)) as secure:
        secure.answers = [Answer(body=[])]
        monkeypatch.setenv("CONTROLLER_API_URL", secure.url)
        assert call(list_devices) == []
    assert controller.requests == []


@pytest.mark.usefixtures("controller")
def test_an_untrusted_certificate_is_an_error_that_says_what_to_do(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tls_server(authority)) as secure:
        monkeypatch.setenv("CONTROLLER_API_URL", secure.url)
        with pytest.raises(NetStacksTLSError) as caught:
            call(list_devices)
    assert "NETSTACKS_CA_CERT" in str(caught.value)
    assert "NETSTACKS_TLS_VERIFY" in str(caught.value)
    assert secure.requests == []


@pytest.mark.usefixtures("controller")
def test_the_check_can_be_switched_off_which_is_said_once(
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NETSTACKS_TLS_VERIFY", "false")
    with serving(tls_server(authority)) as secure:
        secure.answers = [Answer(body=[])]
        monkeypatch.setenv("CONTROLLER_API_URL", secure.url)
        for _ in range(2):
            assert call(list_devices) == []
    assert capsys.readouterr().err.count("NETSTACKS_TLS_VERIFY=false") == 1


@pytest.mark.usefixtures("controller")
def test_an_authority_that_cannot_be_read_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NETSTACKS_CA_CERT", "/nowhere/ca.pem")
    with pytest.raises(NetStacksTLSError, match="NETSTACKS_CA_CERT"):
        call(list_devices)


@pytest.mark.parametrize(
    "kind",
    [
        MissingTokenError,
        MissingURLError,
        NetStacksAPIError,
        NetStacksConfigError,
        NetStacksConnectionError,
        NetStacksDecodeError,
        NetStacksInvalidArgumentError,
        NetStacksTLSError,
        NetStacksTimeoutError,
    ],
)
def test_one_kind_of_error_is_all_of_them(kind: type[Exception]) -> None:
    assert issubclass(kind, NetStacksError)
