"""The vectors of the contract, against the client that the scaffold puts into a Python plugin."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest
from running import run, run_against_controller
from vectors import ROOT, load

if TYPE_CHECKING:
    from conftest import Certificates

if sys.version_info < (3, 11):
    pytest.skip("the scaffold's projects are for newer Pythons", allow_module_level=True)

FILE = ROOT / "templates/python/base/service/sdk.py"
METHODS = {
    "devices.list": "list_devices",
    "devices.get": "get_device",
    "credentials.get": "get_credential",
    "llm.chat": "chat",
    "knowledge.search": "search_knowledge",
}
"""What it has; it is not asked for the others."""


def asked(vector: dict[str, Any]) -> bool:
    """Whether it has every operation of a vector."""
    calls = [*vector.get("before", []), vector["call"]]
    return all(call["operation"] in METHODS for call in calls)


VECTORS = {name: vector for name, vector in load().items() if asked(vector)}
OF_CONTROLLER = {name: vector for name, vector in load(scripted=False).items() if asked(vector)}


def bundled() -> Any:
    """The file as a module of its own."""
    spec = importlib.util.spec_from_file_location("bundled_sdk", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # for its dataclasses
    spec.loader.exec_module(module)
    return module


SDK = bundled()
KINDS: dict[type[BaseException], str] = {
    SDK.NetStacksAPIError: "api",
    SDK.NetStacksConnectionError: "connection",
    SDK.NetStacksTimeoutError: "timeout",
    SDK.NetStacksDecodeError: "decode",
    SDK.MissingTokenError: "missing_token",
    SDK.MissingURLError: "missing_url",
    SDK.NetStacksInvalidArgumentError: "invalid_argument",
    SDK.NetStacksTLSError: "tls",
}


class Subject:
    """NetStacksSDK."""

    def __init__(self, **options: Any) -> None:
        """Make the client."""
        self._client = SDK.NetStacksSDK(**options)

    def call(self, operation: str, args: dict[str, Any]) -> Any:
        """What an operation returns."""
        named = dict(args)
        first = [named.pop(name) for name in ("id", "q", "messages") if name in named]
        if operation == "llm.chat":
            first[0] = [SDK.ChatMessage(**message) for message in first[0]]
        return asyncio.run(self._call(METHODS[operation], first, named))

    async def _call(self, method: str, first: list[Any], named: dict[str, Any]) -> Any:
        async with self._client as client:
            result = await getattr(client, method)(*first, **named)
        if isinstance(result, list):
            return [dataclasses.asdict(item) for item in result]
        return None if result is None else dataclasses.asdict(result)


@pytest.mark.parametrize("name", VECTORS)
def test_vector(
    name: str,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(VECTORS[name], Subject, KINDS, certificates, monkeypatch, caplog)


@pytest.mark.parametrize("name", OF_CONTROLLER)
def test_controller(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_against_controller(OF_CONTROLLER[name], Subject, KINDS, monkeypatch)
