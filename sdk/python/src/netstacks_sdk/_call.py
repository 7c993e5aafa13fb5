"""One call, without I/O: when to try again, and what came of it."""

from __future__ import annotations

import json
import logging
import random
import ssl
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, cast

import httpx

from ._errors import (
    NetStacksAPIError,
    NetStacksConnectionError,
    NetStacksDecodeError,
    NetStacksError,
    NetStacksTimeoutError,
    NetStacksTLSError,
)
from ._settings import CERTIFICATE_ADVICE
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._operations import Operation
    from ._settings import Settings

T = TypeVar("T")

ATTEMPTS = 3
"""Of a GET; nothing else is ever sent twice."""
RETRY_STATUSES = frozenset({429, 502, 503, 504})
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 10.0

FAILURES = (httpx.HTTPError, TimeoutError)
"""What an attempt may fail with."""

Outcome = Union[httpx.Response, Exception]
"""Of an attempt: the whole answer, or one of FAILURES."""

_log = logging.getLogger("netstacks_sdk")


class Call(Generic[T]):
    """A call to the Controller. A client sends `request` and asks `wait_after` what came of it."""

    def __init__(self, settings: Settings, operation: Operation[T]) -> None:
        """Nothing has been tried yet."""
        self.result = cast("T", None)
        """What the call returns, once `wait_after` has returned None."""
        self._settings = settings
        self._operation = operation
        self._attempts = 0

    def request(self) -> httpx.Request:
        """What the next attempt sends."""
        operation = self._operation
        headers = {
            "Authorization": f"Bearer {self._settings.token}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"netstacks-sdk-python/{__version__}",
        }
        if operation.content is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self._settings.base_url}/internal/v1{operation.path}"
        return httpx.Request(operation.method, url, headers=headers, content=operation.content)

    def wait_after(self, outcome: Outcome) -> float | None:
        """How many seconds until the next attempt, or None when there is a result.

        Raises:
            NetStacksError: the call failed.

        """
        self._attempts += 1
        may = self._operation.method == "GET" and self._attempts < ATTEMPTS
        if not (may and _passing(outcome)):
            self.result = self._settle(outcome)
            return None
        wait = _wait(self._attempts, outcome)
        _log.debug(
            "%s %s: %s; trying again in %.1f s",
            self._operation.method,
            self._settings.masked(self._operation.path.partition("?")[0]),
            outcome.status_code if isinstance(outcome, httpx.Response) else type(outcome).__name__,
            wait,
        )
        return wait

    def _settle(self, outcome: Outcome) -> T:
        if not isinstance(outcome, httpx.Response):
            raise self._failure(outcome)
        if outcome.is_success:
            return self._operation.read(outcome.content)
        if self._operation.absent_is_none and outcome.status_code == httpx.codes.NOT_FOUND:
            return cast("T", None)
        raise self._refusal(outcome)

    def _failure(self, error: Exception) -> NetStacksError:
        where = self._settings.masked(f"the Controller at {self._settings.base_url}")
        if isinstance(error, (httpx.TimeoutException, TimeoutError)):
            return NetStacksTimeoutError(
                f"{where} did not answer within {self._settings.timeout:g} s"
            )
        reason = self._settings.masked(str(error)) or type(error).__name__
        if isinstance(error, httpx.DecodingError):
            return NetStacksDecodeError(f"the answer of {where} cannot be unpacked")
        if _untrusted(error):
            return NetStacksTLSError(f"{where} is not trusted: {reason}; {CERTIFICATE_ADVICE}")
        return NetStacksConnectionError(f"cannot reach {where}: {reason}")

    def _refusal(self, response: httpx.Response) -> NetStacksAPIError:
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = response.text
        body = self._masked(body)
        message, required = _error(body)
        return NetStacksAPIError(
            response.status_code, message or _own_words(response.status_code), required, body
        )

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._settings.masked(value)
        if isinstance(value, dict):
            return {self._masked(name): self._masked(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        return value


def _passing(outcome: Outcome) -> bool:
    """Whether the next attempt may fare better."""
    if isinstance(outcome, httpx.Response):
        return outcome.status_code in RETRY_STATUSES
    broken = isinstance(outcome, (httpx.NetworkError, httpx.RemoteProtocolError))
    return broken and not _untrusted(outcome)


def _untrusted(error: BaseException | None) -> bool:
    """Whether a certificate that did not convince is the cause."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _wait(attempts: int, outcome: Outcome) -> float:
    asked = None
    if isinstance(outcome, httpx.Response):
        asked = _retry_after(outcome.headers.get("Retry-After", ""))
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_WAIT_SECONDS)
    jitter = random.uniform(0.5, 1.5)  # noqa: S311 (nobody gains by guessing it)
    return FIRST_WAIT_SECONDS * 2.0 ** (attempts - 1) * jitter


def _retry_after(text: str) -> float | None:
    """Seconds, None where the text is neither a whole number nor an HTTP date."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return (when - datetime.now(timezone.utc)).total_seconds()


def _error(body: Any) -> tuple[str, str | None]:
    """The text and the missing capability, from either shape of an error."""
    if not isinstance(body, dict):
        return "", None
    return _text(body.get("error")), _string(body, "required") or None


def _text(error: Any) -> str:
    if isinstance(error, dict):
        return _string(error, "message") or _string(error, "code")
    return error if isinstance(error, str) else ""


def _string(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _own_words(status: int) -> str:
    return httpx.codes.get_reason_phrase(status) or "it gave no reason"
