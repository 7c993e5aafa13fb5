"""What can go wrong, told apart by type."""

from __future__ import annotations

from typing import Any


class NetStacksError(Exception):
    """A call to the Controller failed. Every error of this package is one."""


class NetStacksConfigError(NetStacksError):
    """Neither the arguments nor the environment say how to call the Controller."""


class MissingTokenError(NetStacksConfigError):
    """There is no service token: neither `token` nor `NETSTACKS_SERVICE_TOKEN`."""


class MissingURLError(NetStacksConfigError):
    """There is no address: neither `base_url` nor `CONTROLLER_API_URL`."""


class NetStacksInvalidArgumentError(NetStacksError, ValueError):
    """An argument was refused before a request was made."""


class NetStacksConnectionError(NetStacksError):
    """The Controller could not be reached, or the connection broke off."""


class NetStacksTimeoutError(NetStacksError):
    """The time was up before the whole answer had arrived. It is not tried again."""


class NetStacksTLSError(NetStacksError):
    """The Controller's certificate is not trusted, or `NETSTACKS_CA_CERT` cannot be used."""


class NetStacksDecodeError(NetStacksError):
    """The Controller agreed, but its answer cannot be read."""


class NetStacksAPIError(NetStacksError):
    """The Controller answered with an error.

    Attributes:
        status: the HTTP status.
        message: what the Controller says, never empty.
        required: the capability that a 403 misses, None for none.
        body: the answer, parsed where it is JSON. The service token is masked in it.

    """

    def __init__(
        self, status: int, message: str, required: str | None = None, body: Any = None
    ) -> None:
        """Make the text of the status, the message and the missing capability."""
        self.status = status
        self.message = message
        self.required = required
        self.body = body
        text = f"the Controller answered {status}: {message}"
        if required:
            text += f' (add "{required}" to capabilities_required in manifest.json)'
        super().__init__(text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are made from what the error was made from."""
        return (type(self), (self.status, self.message, self.required, self.body))
