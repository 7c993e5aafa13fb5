"""A self-contained client of the Controller's internal API, /internal/v1.

    async with NetStacksSDK() as sdk:
        for device in await sdk.list_devices(device_type="router"):
            print(device.name, device.hostname)

It reads what the Controller gives every plugin container:

    CONTROLLER_API_URL        where the Controller is
    NETSTACKS_SERVICE_TOKEN   what the plugin may do there
    NETSTACKS_CA_CERT         a PEM file (or its text) with the CA of the Controller's
                              certificate, trusted beside the system's roots
    NETSTACKS_TLS_VERIFY      "false" switches the check of the certificate off

Single resources that do not exist are None. Everything else that fails raises a
NetStacksError. For production, the package netstacks-sdk offers the same operations.
"""

import asyncio
import functools
import os
import random
import re
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

ATTEMPTS = 3  # of a GET; nothing else is ever sent twice
RETRY_STATUSES = frozenset({429, 502, 503, 504})
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0


class NetStacksError(Exception):
    """A call to the Controller failed."""


class NetStacksConfigError(NetStacksError):
    """The environment does not say how to call the Controller."""


class NetStacksConnectionError(NetStacksError):
    """The Controller could not be reached, or not be trusted."""


class NetStacksAPIError(NetStacksError):
    """The Controller answered with an error.

    status is the HTTP status, message what the Controller says, and required
    the capability that a 403 misses.
    """

    def __init__(self, status: int, message: str, required: str | None = None) -> None:
        """Make the text of all three."""
        self.status = status
        self.message = message
        self.required = required
        text = f"the Controller answered {status}: {message}"
        if required:
            text += f' (add "{required}" to capabilities_required in manifest.json)'
        super().__init__(text)


@dataclass(frozen=True)
class Device:
    """A device of the inventory."""

    id: str
    name: str
    hostname: str
    device_type: str
    org_id: str | None = None
    port: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    platform: str | None = None
    site: str | None = None
    source: str | None = None
    default_credential_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True)
class Credential:
    """A decrypted credential. The Controller writes every read into its audit log."""

    id: str
    name: str
    credential_type: str
    username: str | None = None
    secret: str = field(default="", repr=False)
    created_at: str | None = None


@dataclass(frozen=True)
class ChatMessage:
    """One message of a chat; role is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True)
class ChatResponse:
    """The answer of a language model."""

    content: str
    model: str | None = None
    finish_reason: str | None = None
    usage: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class KnowledgeResult:
    """A passage of the knowledge base."""

    id: str
    title: str
    snippet: str
    score: float | None = None
    source: str | None = None
    url: str | None = None


class NetStacksSDK:
    """The Controller, as this plugin's service token lets it be seen.

    Arguments take the place of the environment. timeout is in seconds, for each
    request. One client serves any number of requests at the same time.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Read the environment; what is missing there is said by the first call."""
        self._base_url = (
            (base_url or os.getenv("CONTROLLER_API_URL") or "").strip().rstrip("/")
        )
        self._token = (token or os.getenv("NETSTACKS_SERVICE_TOKEN") or "").strip()
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        """Where the Controller is, and no token."""
        return f"NetStacksSDK(base_url={self._base_url!r})"

    async def __aenter__(self) -> Self:
        """Return the client itself; the first call connects."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections. A later call opens new ones."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def list_devices(
        self,
        org_id: str | None = None,
        device_type: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[Device]:
        """Devices of the inventory. Needs read_devices."""
        query = {
            "org_id": org_id,
            "device_type": device_type,
            "limit": limit,
            "offset": offset,
        }
        return [_device(row) for row in _rows(await self._get("/devices", query))]

    async def get_device(self, device_id: str) -> Device | None:
        """One device. Needs read_devices."""
        body = await self._get_one("/devices/", device_id)
        return None if body is None else _device(body)

    async def get_credential(self, credential_id: str) -> Credential | None:
        """One credential, decrypted. Needs read_credentials."""
        body = await self._get_one("/credentials/", credential_id)
        return None if body is None else Credential(**_known(Credential, body))

    async def chat(
        self,
        messages: Sequence[ChatMessage],
        model: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        org_id: str | None = None,
    ) -> ChatResponse:
        """The answer of a language model to a chat. Needs invoke_llm."""
        body = {
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "model": model,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "org_id": org_id,
        }
        answer = await self._request(
            "POST", "/llm/chat", body={k: v for k, v in body.items() if v is not None}
        )
        return ChatResponse(**_known(ChatResponse, _object(answer)))

    async def search_knowledge(
        self, query: str, org_id: str | None = None, limit: int | None = None
    ) -> list[KnowledgeResult]:
        """Passages of the knowledge base, best first. Needs search_knowledge."""
        answer = await self._get(
            "/knowledge/search", {"q": query, "org_id": org_id, "limit": limit}
        )
        return [
            KnowledgeResult(**_known(KnowledgeResult, row)) for row in _rows(answer)
        ]

    async def _get(self, path: str, query: Mapping[str, str | int | None]) -> Any:
        return await self._request(
            "GET", path, query={k: v for k, v in query.items() if v is not None}
        )

    async def _get_one(self, path: str, resource_id: str) -> dict[str, Any] | None:
        if resource_id in ("", ".", ".."):
            raise ValueError(f"{resource_id!r} is not the id of a resource")
        try:
            return _object(
                await self._request("GET", path + quote(resource_id, safe=""))
            )
        except NetStacksAPIError as exc:
            if exc.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
    ) -> Any:
        attempts = ATTEMPTS if method == "GET" else 1
        for attempt in range(1, attempts + 1):
            try:
                response = await self._client().request(
                    method, path, params=query, json=body
                )
            except (
                httpx.NetworkError,
                httpx.RemoteProtocolError,
                httpx.ConnectTimeout,
            ) as exc:
                if attempt == attempts or _untrusted(exc):
                    raise self._unreachable(exc) from None
                await asyncio.sleep(_delay(attempt, None))
                continue
            except (httpx.TransportError, httpx.InvalidURL) as exc:
                raise self._unreachable(exc) from None
            if response.status_code in RETRY_STATUSES and attempt < attempts:
                await asyncio.sleep(
                    _delay(attempt, response.headers.get("Retry-After"))
                )
                continue
            return self._read(response)
        raise AssertionError("the last attempt returns or raises")

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            if not self._base_url:
                raise NetStacksConfigError(
                    "CONTROLLER_API_URL is not set: the Controller gives it to you"
                )
            if not self._token:
                raise NetStacksConfigError(
                    "NETSTACKS_SERVICE_TOKEN is not set: the Controller gives it to you"
                )
            if not re.fullmatch(r"[!-~]+", self._token):
                raise NetStacksConfigError(
                    "NETSTACKS_SERVICE_TOKEN holds characters that no HTTP header takes"
                )
            self._http = httpx.AsyncClient(
                base_url=f"{self._base_url}/internal/v1",
                headers={
                    "Authorization": f"Bearer {self._token}",
                    "Accept": "application/json",
                },
                timeout=self._timeout,
                verify=_tls(),
                # The Controller is on the container's own network, behind no proxy.
                trust_env=False,
            )
        return self._http

    def _read(self, response: httpx.Response) -> Any:
        try:
            body = response.json()
        except ValueError:
            body = None
        if response.is_success:
            if body is None:
                raise NetStacksAPIError(response.status_code, "the answer is not JSON")
            return body
        message, required = _error(body)
        message = message or response.reason_phrase or "no reason given"
        raise NetStacksAPIError(response.status_code, self._masked(message), required)

    def _unreachable(self, exc: Exception) -> NetStacksConnectionError:
        reason = str(exc) or type(exc).__name__
        text = f"cannot reach the Controller at {self._base_url}: {reason}"
        if _untrusted(exc):
            text += (
                "; set NETSTACKS_CA_CERT to the PEM file of the CA that signed its"
                " certificate, or NETSTACKS_TLS_VERIFY=false to connect without a check"
            )
        return NetStacksConnectionError(self._masked(text))

    def _masked(self, text: str) -> str:
        return text.replace(self._token, "***")


@functools.cache  # so that it is said once
def _warn_of_unchecked_tls() -> None:
    sys.stderr.write(
        "NETSTACKS_TLS_VERIFY=false: the Controller's certificate is unchecked\n"
    )


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    verify = os.getenv("NETSTACKS_TLS_VERIFY", "").strip().lower()
    if verify in ("false", "0", "no", "off"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        _warn_of_unchecked_tls()
        return context
    ca = os.getenv("NETSTACKS_CA_CERT", "").strip()
    if not ca:
        return context
    try:
        if ca.startswith("-----BEGIN"):
            context.load_verify_locations(cadata=ca)
        else:
            context.load_verify_locations(cafile=ca)
    except OSError as exc:
        raise NetStacksConfigError(
            f"NETSTACKS_CA_CERT is not a PEM file that can be read: {exc}"
        ) from exc
    return context


def _untrusted(exc: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(exc)


def _delay(attempt: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.isdecimal():
        return min(float(retry_after), LONGEST_DELAY_SECONDS)
    jitter = random.uniform(0.5, 1.5)  # noqa: S311 (nobody gains by guessing it)
    return FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1) * jitter


def _error(body: Any) -> tuple[str, str | None]:
    """The text and the missing capability, from either shape of an error."""
    if not isinstance(body, dict):
        return "", None
    error = body.get("error")
    required = body.get("required")
    text = (
        error.get("message") or error.get("code") if isinstance(error, dict) else error
    )
    return str(text or ""), required if isinstance(required, str) else None


def _rows(body: Any) -> list[dict[str, Any]]:
    """The rows of a list, bare or wrapped."""
    if isinstance(body, dict):
        body = next(
            (body[key] for key in ("items", "data", "devices") if key in body), None
        )
    if not isinstance(body, list):
        raise NetStacksAPIError(200, "the answer is not a list")
    return [_object(row) for row in body]


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise NetStacksAPIError(200, "the answer is not an object")
    return body


def _known(kind: type[Any], body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass that body has; a required one that it lacks is ""."""
    known = {f.name: body[f.name] for f in fields(kind) if body.get(f.name) is not None}
    missing = {
        f.name: ""
        for f in fields(kind)
        if f.default is MISSING and f.default_factory is MISSING
    }
    return missing | known


def _device(body: dict[str, Any]) -> Device:
    return Device(
        **_known(Device, {**body, "hostname": body.get("hostname") or body.get("host")})
    )
