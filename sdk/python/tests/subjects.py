"""The clients that the vectors are run against, under one interface."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import netstacks_sdk as sdk

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[type[BaseException], str] = {
    sdk.NetStacksAPIError: "api",
    sdk.NetStacksConnectionError: "connection",
    sdk.NetStacksTimeoutError: "timeout",
    sdk.NetStacksDecodeError: "decode",
    sdk.MissingTokenError: "missing_token",
    sdk.MissingURLError: "missing_url",
    sdk.NetStacksInvalidArgumentError: "invalid_argument",
    sdk.NetStacksTLSError: "tls",
}


def arguments(operation: str, args: dict[str, Any]) -> tuple[str, str, list[Any], dict[str, Any]]:
    """The namespace, the method and what it is called with."""
    namespace, method = operation.split(".")
    named = dict(args)
    first = ("id", "q", "messages", "device_id", "agent_id")
    positional = [named.pop(name) for name in first if name in named]
    if operation == "llm.chat":
        positional[0] = [sdk.ChatMessage(**message) for message in positional[0]]
    if "updates" in named:
        named["updates"] = [sdk.GnmiUpdate(**update) for update in named["updates"]]
    return namespace, method, positional, named


def plain(value: Any) -> Any:
    """A result as JSON has it, but for times."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return None if value is None else value.model_dump()


class AsyncSubject:
    """NetStacksClient."""

    def __init__(self, **options: Any) -> None:
        """Make the client."""
        self._client = sdk.NetStacksClient(**options)

    def call(self, operation: str, args: dict[str, Any]) -> Any:
        """What an operation returns."""
        return asyncio.run(self._call(operation, args))

    async def _call(self, operation: str, args: dict[str, Any]) -> Any:
        namespace, method, positional, named = arguments(operation, args)
        async with self._client as client:
            function = getattr(getattr(client, namespace), method)
            if operation == "devices.all":
                return plain([device async for device in function(*positional, **named)])
            return plain(await function(*positional, **named))


class SyncSubject:
    """NetStacksSyncClient."""

    def __init__(self, **options: Any) -> None:
        """Make the client."""
        self._client = sdk.NetStacksSyncClient(**options)

    def call(self, operation: str, args: dict[str, Any]) -> Any:
        """What an operation returns."""
        namespace, method, positional, named = arguments(operation, args)
        with self._client as client:
            function = getattr(getattr(client, namespace), method)
            result = function(*positional, **named)
            return plain(list(result) if operation == "devices.all" else result)


SUBJECTS: dict[str, Callable[..., Any]] = {"async": AsyncSubject, "sync": SyncSubject}
