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
NetStacksError. The package netstacks-sdk behaves the same and has all operations.
"""

import asyncio
import functools
import os
import random
import re
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

ATTEMPTS = 3  # of a GET; nothing else is ever sent twice
RETRY_STATUSES = frozenset({429, 502, 503, 504})
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0

T = TypeVar("T")


class NetStacksError(Exception):
    """A call to the Controller failed."""


class NetStacksConfigError(NetStacksError):
    """The environment does not say how to call the Controller."""


class MissingTokenError(NetStacksConfigError):
    """There is no NETSTACKS_SERVICE_TOKEN."""


class MissingURLError(NetStacksConfigError):
    """There is no CONTROLLER_API_URL."""


class NetStacksInvalidArgumentError(NetStacksError, ValueError):
    """An argument or a variable was refused before a request was made."""


class NetStacksConnectionError(NetStacksError):
    """The Controller could not be reached, or the connection broke off."""


class NetStacksTimeoutError(NetStacksError):
    """The time was up before the whole answer had arrived."""


class NetStacksTLSError(NetStacksError):
    """The Controller is not trusted, or NETSTACKS_CA_CERT cannot be used."""


class NetStacksDecodeError(NetStacksError):
    """The Controller agreed, but its answer cannot be read."""


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
    secret: str = field(repr=False)
    username: str | None = None
    created_at: str | None = None


@dataclass(frozen=True)
class ChatMessage:
    """One message of a chat; role is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True)
class Usage:
    """What an answer took, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


@dataclass(frozen=True)
class ChatResponse:
    """The answer of a language model."""

    content: str
    model: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = None


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
    attempt, from its start to the last byte of the answer. One client serves any number
    of requests at the same time.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        timeout: float = 30.0,
    ) -> None:
        """Read the environment; what is missing there is said by the first call."""
        url = os.getenv("CONTROLLER_API_URL", "") if base_url is None else base_url
        variable = os.getenv("NETSTACKS_SERVICE_TOKEN", "").strip()
        self._base_url = url.strip().rstrip("/")
        self._token = variable if token is None else token
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        """Where the Controller is, and no token."""
        return f"NetStacksSDK(base_url={self._masked(self._base_url)!r})"

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
        query = {"org_id": org_id, "device_type": device_type}
        pages = {"limit": limit, "offset": offset}
        rows = _rows(await self._get("/devices", {**query, **pages}))
        if isinstance(rows, list):
            rows = [_named(row) for row in rows]
        return _typed(list[Device], rows)

    async def get_device(self, device_id: str) -> Device | None:
        """One device. Needs read_devices."""
        body = await self._get_one("/devices/", device_id)
        return None if body is None else _typed(Device, _named(body))

    async def get_credential(self, credential_id: str) -> Credential | None:
        """One credential, decrypted. Needs read_credentials."""
        body = await self._get_one("/credentials/", credential_id)
        return None if body is None else _typed(Credential, body)

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
        given = {name: value for name, value in body.items() if value is not None}
        answer = await self._request("POST", "/llm/chat", json=given)
        return _typed(ChatResponse, answer)

    async def search_knowledge(
        self, query: str, org_id: str | None = None, limit: int | None = None
    ) -> list[KnowledgeResult]:
        """Passages of the knowledge base, best first. Needs search_knowledge."""
        values = {"q": query, "org_id": org_id, "limit": limit}
        rows = _rows(await self._get("/knowledge/search", values))
        return _typed(list[KnowledgeResult], rows)

    async def _get(self, path: str, query: Mapping[str, str | int | None]) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        return await self._request("GET", path, params=given)

    async def _get_one(self, path: str, resource_id: str) -> Any:
        if resource_id in (".", "..") or not resource_id.strip(" \t\r\n"):
            raise NetStacksInvalidArgumentError(
                f"{resource_id!r} is not the id of a resource"
            )
        try:
            body = await self._get(path + quote(resource_id, safe=""), {})
        except NetStacksAPIError as exc:
            if exc.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return {} if body is None else body  # null is no resource, and not nothing

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        attempts = ATTEMPTS if method == "GET" else 1
        for attempt in range(1, attempts + 1):
            answer = await self._attempt(method, path, content)
            if attempt == attempts or not _passing(answer):
                break
            await asyncio.sleep(_delay(attempt, answer))
        # Raised out here, so that no cause of the error holds more than its text.
        if isinstance(answer, Exception):
            raise self._failure(answer)
        return self._read(answer)

    async def _attempt(
        self, method: str, path: str, content: dict[str, Any]
    ) -> httpx.Response | Exception:
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout):
                return await client.request(method, path, **content)
        except (httpx.HTTPError, TimeoutError) as exc:
            return exc

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            if not self._base_url:
                raise MissingURLError(
                    "CONTROLLER_API_URL is not set: the Controller gives it to you"
                )
            if not self._token.strip():
                raise MissingTokenError(
                    "NETSTACKS_SERVICE_TOKEN is not set: the Controller gives it to you"
                )
            if not re.fullmatch(r"[!-~]+", self._token):
                raise NetStacksInvalidArgumentError(
                    "NETSTACKS_SERVICE_TOKEN holds characters that no HTTP header takes"
                )
            if not _callable(self._base_url):
                raise NetStacksInvalidArgumentError(
                    "CONTROLLER_API_URL is not an address such as"
                    " https://netstacks-api:3000"
                )
            self._http = httpx.AsyncClient(
                base_url=f"{self._base_url}/internal/v1",
                headers={
                    "Authorization": f"Bearer {self._token}",
                    "Accept": "application/json",
                },
                timeout=None,  # noqa: S113 (each attempt has a time limit of its own)
                verify=_tls(),
                # The Controller is on the container's own network, behind no proxy.
                trust_env=False,
            )
        return self._http

    def _read(self, response: httpx.Response) -> Any:
        status = response.status_code
        try:
            body = response.json()
        except ValueError:
            body = NetStacksDecodeError(f"the Controller answered {status}, not JSON")
        if response.is_success:
            if isinstance(body, NetStacksDecodeError):
                raise body
            return body
        message, required = _error(body)
        message = message or response.reason_phrase or "no reason given"
        raise NetStacksAPIError(status, self._masked(message), required)

    def _failure(self, exc: Exception) -> NetStacksError:
        where = self._masked(f"the Controller at {self._base_url}")
        reason = self._masked(str(exc)) or type(exc).__name__
        if isinstance(exc, (httpx.TimeoutException, TimeoutError)):
            return NetStacksTimeoutError(
                f"{where} did not answer within {self._timeout:g} s"
            )
        if isinstance(exc, httpx.DecodingError):
            return NetStacksDecodeError(f"the answer of {where} cannot be unpacked")
        if _untrusted(exc):
            return NetStacksTLSError(
                f"{where} is not trusted: {reason};"
                " set NETSTACKS_CA_CERT to the PEM file of the CA that signed its"
                " certificate, or NETSTACKS_TLS_VERIFY=false to connect without a check"
            )
        return NetStacksConnectionError(f"cannot reach {where}: {reason}")

    def _masked(self, text: str) -> str:
        return text.replace(self._token, "***") if self._token else text


@functools.cache  # so that it is said once
def _warn_of_unchecked_tls() -> None:
    sys.stderr.write(
        "NETSTACKS_TLS_VERIFY=false: the Controller's certificate is unchecked\n"
    )


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Newer Pythons ask for extensions that authorities of one's own often lack.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
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
        given_as = "cadata" if ca.startswith("-----BEGIN") else "cafile"
        context.load_verify_locations(**{given_as: ca})
    except (OSError, ValueError) as exc:
        raise NetStacksTLSError(
            f"NETSTACKS_CA_CERT is not a PEM file that can be read: {exc}"
        ) from exc
    return context


def _callable(base_url: str) -> bool:
    """Whether requests can be made below a base URL."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
        httpx.URL(base_url)
    except (ValueError, httpx.InvalidURL):
        return False
    whole = parts.scheme in ("http", "https") and bool(host)
    return whole and not re.search(r"[\s?#@\\]", base_url)


def _untrusted(exc: BaseException | None) -> bool:
    """Whether a certificate that did not convince is the cause."""
    while exc is not None:
        if isinstance(exc, ssl.SSLCertVerificationError):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


def _passing(answer: httpx.Response | Exception) -> bool:
    """Whether the next attempt may fare better."""
    if isinstance(answer, httpx.Response):
        return answer.status_code in RETRY_STATUSES
    broken = isinstance(answer, (httpx.NetworkError, httpx.RemoteProtocolError))
    return broken and not _untrusted(answer)


def _delay(attempt: int, answer: httpx.Response | Exception) -> float:
    asked = None
    if isinstance(answer, httpx.Response):
        asked = _retry_after(answer.headers.get("Retry-After", "").strip())
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_DELAY_SECONDS)
    jitter = random.uniform(0.5, 1.5)  # noqa: S311 (nobody gains by guessing it)
    return FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1) * jitter


def _retry_after(text: str) -> float | None:
    """Seconds, None where the text is neither a whole number nor an HTTP date."""
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (when - datetime.now(UTC)).total_seconds()


def _error(body: Any) -> tuple[str, str | None]:
    """The text and the missing capability, from either shape of an error."""
    if not isinstance(body, dict):
        return "", None
    error = body.get("error")
    required = body.get("required")
    if isinstance(error, dict):
        error = error.get("message") or error.get("code")
    return str(error or ""), required if isinstance(required, str) else None


def _rows(body: Any) -> Any:
    """The rows of a list, bare or wrapped."""
    if isinstance(body, dict):
        return next(
            (body[key] for key in ("items", "data", "devices") if key in body), body
        )
    return body


def _named(device: Any) -> Any:
    """A device whose hostname is that of host where it has none."""
    if isinstance(device, dict) and device.get("hostname") is None:
        return {**device, "hostname": device.get("host")}
    return device


# Making one takes longer than using it.
_adapter: Callable[[Any], TypeAdapter[Any]] = functools.cache(TypeAdapter)


def _typed(kind: type[T], body: Any) -> T:  # noqa: UP047 (for Python 3.11)
    try:
        value: T = _adapter(kind).validate_python(body)
    except ValidationError as exc:
        fault = exc.errors(include_input=False, include_url=False)[0]
    else:
        return value
    # What could not be read may be a secret: only its place is told.
    place = ".".join(str(part) for part in fault["loc"]) or "it"
    raise NetStacksDecodeError(
        f"the Controller's answer cannot be read: {place}: {fault['msg']}"
    )
