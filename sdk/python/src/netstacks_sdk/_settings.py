"""Where the Controller is and how it is called, from arguments and the environment."""

from __future__ import annotations

import functools
import math
import os
import re
import ssl
import sys
from urllib.parse import urlsplit

import httpx

from ._errors import (
    MissingTokenError,
    MissingURLError,
    NetStacksInvalidArgumentError,
    NetStacksTLSError,
)

DEFAULT_TIMEOUT_SECONDS = 30.0
MOST_CONNECTIONS = 100
KEEPALIVE_SECONDS = 30.0

CERTIFICATE_ADVICE = (
    "set NETSTACKS_CA_CERT to the PEM file of the authority that signed its certificate,"
    " or NETSTACKS_TLS_VERIFY=false to connect without a check"
)


class Settings:
    """How a client calls the Controller. Its printed form has no token."""

    def __init__(
        self,
        base_url: str | None,
        token: str | None,
        timeout: float,
        max_connections: int,
    ) -> None:
        """Take what is not given from the environment, and refuse what cannot work."""
        self.token = _token(token)
        self.base_url = _base_url(base_url, self.token)
        if not (math.isfinite(timeout) and timeout > 0):
            raise NetStacksInvalidArgumentError(f"timeout is {timeout}: give seconds above 0")
        if max_connections < 1:
            raise NetStacksInvalidArgumentError(
                f"max_connections is {max_connections}: give at least 1"
            )
        self.timeout = timeout
        self.max_connections = max_connections

    def __repr__(self) -> str:
        """Everything but the token."""
        return f"base_url={self.masked(self.base_url)!r}, timeout={self.timeout!r}"

    def masked(self, text: str) -> str:
        """Text in which nobody finds the token."""
        return text.replace(self.token, "***")

    def limits(self) -> httpx.Limits:
        """How many connections there are, all of which are kept for a while."""
        return httpx.Limits(
            max_connections=self.max_connections,
            max_keepalive_connections=self.max_connections,
            keepalive_expiry=KEEPALIVE_SECONDS,
        )

    def tls(self) -> ssl.SSLContext | None:
        """How the Controller's certificate is checked, None where there is none to check."""
        return _tls() if self.base_url.lower().startswith("https:") else None


def _token(given: str | None) -> str:
    token = os.environ.get("NETSTACKS_SERVICE_TOKEN", "").strip() if given is None else given
    if not token.strip():
        raise MissingTokenError(
            "there is no service token: set NETSTACKS_SERVICE_TOKEN, as the Controller does"
            " for plugins, or give token"
        )
    if not re.fullmatch(r"[!-~]+", token):
        raise NetStacksInvalidArgumentError(
            "the service token holds characters that no HTTP header takes:"
            " check NETSTACKS_SERVICE_TOKEN or token"
        )
    return token


def _base_url(given: str | None, token: str) -> str:
    url = (os.environ.get("CONTROLLER_API_URL", "") if given is None else given).strip()
    if not url:
        raise MissingURLError(
            "there is no address: set CONTROLLER_API_URL, as the Controller does for plugins,"
            " or give base_url"
        )
    fault = _fault(url)
    if fault:
        shown = "the base URL" if "@" in url else repr(url.replace(token, "***"))
        raise NetStacksInvalidArgumentError(
            f"{shown} {fault}: give an address such as https://netstacks-api:3000"
            " as CONTROLLER_API_URL or base_url"
        )
    return url.rstrip("/")


def _fault(url: str) -> str:
    """What is wrong with a base URL, "" for nothing."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return "is not a URL"
    if parts.scheme not in ("http", "https"):
        return "does not begin with http:// or https://"
    if not host or re.search(r"[\x00-\x20\x7f\\]", url):
        return "has no host that can be called"
    if "@" in parts.netloc:
        return "holds a user name, which the Controller has no use for"
    if parts.query or parts.fragment:
        return "goes on after its path"
    return ""


@functools.cache
def _warn_of_unchecked_tls() -> None:
    """Say it once for each process, which the cache sees to."""
    sys.stderr.write(
        "netstacks-sdk: NETSTACKS_TLS_VERIFY=false: the Controller's certificate is not checked\n"
    )


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Python 3.13 asks for extensions that authorities of one's own often lack; every version
    # trusts the same.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if os.environ.get("NETSTACKS_TLS_VERIFY", "").strip().lower() in ("false", "0", "no", "off"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        _warn_of_unchecked_tls()
        return context
    authority = os.environ.get("NETSTACKS_CA_CERT", "").strip()
    if not authority:
        return context
    # The templates' clients take the text of the file as well.
    text = authority.startswith("-----BEGIN")
    try:
        if text:
            context.load_verify_locations(cadata=authority)
        else:
            context.load_verify_locations(cafile=authority)
    except ssl.SSLError:
        reason = "it holds no certificate in PEM form"
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
    else:
        return context
    shown = "NETSTACKS_CA_CERT" if text else f"NETSTACKS_CA_CERT={authority}"
    raise NetStacksTLSError(f"{shown} cannot be used: {reason}")
