"""Runs a vector against a client."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from stub import Stub
from vectors import CONTROLLER, canonical, check_error, check_request, unrolled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import Certificates

TOKEN = "test-token"  # noqa: S105 (the vectors' own)


def options(client: dict[str, Any] | None, url: str) -> dict[str, Any]:
    """What the client is made from."""
    client = client or {}
    given = {} if "env" in client else {"base_url": url, "token": TOKEN}
    for name in ("base_url", "token"):
        if name in client:
            given[name] = client[name].replace("${STUB}", url)
    if "timeout_ms" in client:
        given["timeout"] = client["timeout_ms"] / 1000
    return given


def environment(vector: dict[str, Any], url: str, certificates: Certificates) -> dict[str, str]:
    """The variables that are set."""
    variables = vector.get("client", {}).get("env", {})
    found = {name: value.replace("${STUB}", url) for name, value in variables.items()}
    trust = vector.get("tls", {}).get("trust", "none")
    if trust.startswith("verify-"):
        value = {"off": "false", "true": "true", "unknown": "maybe"}[trust[len("verify-") :]]
        found["NETSTACKS_TLS_VERIFY"] = value
    elif trust != "none":
        found["NETSTACKS_CA_CERT"] = str(certificates.files[trust])
    return found


def run(
    vector: dict[str, Any],
    subject: Callable[..., Any],
    kinds: Mapping[type[BaseException], str],
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Make the vector's call and compare everything that it fixes."""
    caplog.set_level(logging.DEBUG)
    script = [unrolled(step["response"]) for step in vector["exchange"]]
    tls = certificates.servers[vector["tls"]["server"]] if "tls" in vector else None
    result, error, took = None, None, 0.0
    with Stub(script, tls=tls).running() as stub:
        for name, value in environment(vector, stub.url, certificates).items():
            monkeypatch.setenv(name, value)
        started = time.monotonic()
        try:
            client = subject(**options(vector.get("client"), stub.url))
            started = time.monotonic()
            result = client.call(vector["call"]["operation"], unrolled(vector["call"]["args"]))
        except tuple(kinds) as exc:
            error = exc
        took = (time.monotonic() - started) * 1000
    assert len(stub.requests) == len(vector["exchange"]), error or stub.requests
    if vector.get("error", {}).get("kind") == "tls":
        assert stub.connections <= 1  # it is not tried again
    for step, request in zip(vector["exchange"], stub.requests):
        check_request(step["request"], request)
    judge(vector, kinds, result, error)
    if "wait_ms" in vector:
        assert vector["wait_ms"]["min"] <= took <= vector["wait_ms"]["max"]
    assert TOKEN not in caplog.text


def run_against_controller(
    vector: dict[str, Any],
    subject: Callable[..., Any],
    kinds: Mapping[type[BaseException], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Make the vector's calls with what the environment says of a Controller that runs."""
    if "CONTROLLER_API_URL" not in CONTROLLER:
        reason = "CONTROLLER_API_URL is not set: run the tests with controller/live"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    for name, value in CONTROLLER.items():
        monkeypatch.setenv(name, value)
    given = dict(vector.get("client", {}))
    if "token" in given:
        powerless = os.environ["NETSTACKS_POWERLESS_TOKEN"]
        given["token"] = given["token"].replace("${POWERLESS}", powerless)
    for before in vector.get("before", []):
        subject(**given).call(before["operation"], unrolled(before["args"]))
    result, error = None, None
    try:
        call = vector["call"]
        result = subject(**given).call(call["operation"], unrolled(call["args"]))
    except tuple(kinds) as exc:
        error = exc
    judge(vector, kinds, result, error)


def judge(
    vector: dict[str, Any],
    kinds: Mapping[type[BaseException], str],
    result: Any,
    error: BaseException | None,
) -> None:
    """Compare what came of a call with what the vector says of it."""
    if "error" in vector:
        assert error is not None, result
        check_error(vector["error"], kinds[type(error)], error)
    else:
        assert error is None, repr(error)
        assert canonical(result) == canonical(unrolled(vector["result"]))
