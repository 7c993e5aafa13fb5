"""The operations of the internal API as values: what is sent, and how the answer is read.

Nothing here does I/O, so that both clients share all of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from ._errors import NetStacksDecodeError, NetStacksInvalidArgumentError
from ._models import (
    AgentRun,
    ApiResource,
    ChatMessage,
    ChatResponse,
    Credential,
    Device,
    Document,
    GnmiResponse,
    GnmiUpdate,
    KnowledgeResult,
    NetconfResponse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

WRAPPERS = ("items", "data", "devices")


@dataclass(frozen=True)
class Operation(Generic[T]):
    """A request to the Controller and how its answer is read."""

    method: str
    path: str
    """Below /internal/v1, with the query, encoded."""
    read: Callable[[bytes], T]
    content: bytes | None = None
    absent_is_none: bool = False
    """Whether a 404 is "nothing" and no error."""


def list_devices(
    device_type: str | None, org_id: str | None, limit: int | None, offset: int | None
) -> Operation[list[Device]]:
    """Devices of the inventory."""
    query = {"org_id": org_id, "device_type": device_type, "limit": limit, "offset": offset}
    return Operation("GET", "/devices" + _query(query), _devices)


def get_device(device_id: str) -> Operation[Device | None]:
    """One device."""
    return Operation("GET", "/devices/" + _segment(device_id), _device, absent_is_none=True)


def get_credential(credential_id: str) -> Operation[Credential | None]:
    """One credential."""
    path = "/credentials/" + _segment(credential_id)
    return Operation("GET", path, _credential, absent_is_none=True)


def chat(
    messages: Sequence[ChatMessage],
    model: str | None,
    temperature: float | None,
    max_tokens: int | None,
    org_id: str | None,
) -> Operation[ChatResponse]:
    """The answer of a language model."""
    body = {
        "messages": [{"role": m.role, "content": m.content} for m in messages],
        "model": model,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "org_id": org_id,
    }
    return Operation("POST", "/llm/chat", _chat_response, _content(body))


def search_knowledge(
    query: str, org_id: str | None, limit: int | None
) -> Operation[list[KnowledgeResult]]:
    """Passages of the knowledge base."""
    path = "/knowledge/search" + _query({"q": query, "org_id": org_id, "limit": limit})
    return Operation("GET", path, _knowledge_results)


def create_document(
    title: str,
    content: str,
    source: str | None,
    url: str | None,
    metadata: Mapping[str, Any] | None,
    org_id: str | None,
) -> Operation[Document]:
    """A new document of the knowledge base."""
    body = {
        "title": title,
        "content": content,
        "source": source,
        "url": url,
        "metadata": None if metadata is None else dict(metadata),
        "org_id": org_id,
    }
    return Operation("POST", "/knowledge/documents", _document, _content(body))


def execute_gnmi(
    device_id: str,
    operation: str,
    paths: Sequence[str] | None,
    updates: Sequence[GnmiUpdate] | None,
    deletes: Sequence[str] | None,
    encoding: str | None,
) -> Operation[GnmiResponse]:
    """A gNMI operation against a device."""
    body = {
        "device_id": _given("device_id", device_id),
        "operation": operation,
        "paths": _list("paths", paths),
        "updates": (
            None if updates is None else [{"path": u.path, "value": u.value} for u in updates]
        ),
        "deletes": _list("deletes", deletes),
        "encoding": encoding,
    }
    return Operation("POST", "/gnmi/execute", _gnmi_response, _content(body))


def execute_netconf(
    device_id: str,
    operation: str,
    target: str | None,
    subtree: str | None,
    config: str | None,
    rpc: str | None,
) -> Operation[NetconfResponse]:
    """A NETCONF operation against a device."""
    body = {
        "device_id": _given("device_id", device_id),
        "operation": operation,
        "target": target,
        "filter": subtree,
        "config": config,
        "rpc": rpc,
    }
    return Operation("POST", "/netconf/execute", _netconf_response, _content(body))


def trigger_agent(
    agent_id: str, prompt: str | None, context: Mapping[str, Any] | None
) -> Operation[AgentRun]:
    """A run of an agent."""
    body = {
        "agent_id": _given("agent_id", agent_id),
        "prompt": prompt,
        "context": None if context is None else dict(context),
    }
    return Operation("POST", "/agents/trigger", _agent_run, _content(body))


def list_api_resources() -> Operation[list[ApiResource]]:
    """External APIs."""
    return Operation("GET", "/api-resources", _api_resources)


def _given(name: str, value: str) -> str:
    if not value.strip(" \t\r\n"):
        raise NetStacksInvalidArgumentError(f"{name} is empty: give the id of a resource")
    return value


def _segment(resource_id: str) -> str:
    """An id as a segment of a path. URL parsers remove dots, encoded or not."""
    if _given("the id", resource_id) in (".", ".."):
        raise NetStacksInvalidArgumentError(f"{resource_id!r} is not the id of a resource")
    return _encoded(resource_id)


def _encoded(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        pass
    raise NetStacksInvalidArgumentError("an id holds half a character (a lone surrogate)")


def _list(name: str, values: Sequence[str] | None) -> list[str] | None:
    if isinstance(values, str):
        raise NetStacksInvalidArgumentError(f"{name} is a string: give a list of strings")
    return None if values is None else list(values)


def _query(values: Mapping[str, Any]) -> str:
    """A query of what was given, "" for nothing."""
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        return ""
    try:
        return "?" + urlencode(given, quote_via=quote, safe="")
    except UnicodeEncodeError:
        pass
    raise NetStacksInvalidArgumentError("a query holds half a character (a lone surrogate)")


def _content(body: Mapping[str, Any]) -> bytes:
    """A body of what was given."""
    given = {name: value for name, value in body.items() if value is not None}
    try:
        text = json.dumps(given, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except UnicodeEncodeError:
        reason = "it holds half a character (a lone surrogate)"
    except (TypeError, ValueError, RecursionError) as exc:
        reason = str(exc)
    raise NetStacksInvalidArgumentError(f"the request cannot be written as JSON: {reason}")


class _Reader(Generic[T]):
    """Reads an answer: at once where it is as documented, and else tolerantly."""

    def __init__(self, kind: Any, repair: Callable[[Any], Any] = lambda value: value) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._repair = repair

    def __call__(self, content: bytes) -> T:
        try:
            return self._adapter.validate_json(content)
        except ValidationError:
            pass
        try:
            value = from_json(content, allow_inf_nan=False)
        except ValueError as exc:
            reason = f"it is not JSON ({exc})" if content.strip() else "it is empty"
        else:
            try:
                return self._adapter.validate_python(self._repair(value))
            except ValidationError as exc:
                reason = _reason(exc)
        # Raised out here, so that no cause of the error holds what could not be read.
        raise NetStacksDecodeError(f"the Controller's answer cannot be read: {reason}")


def _reason(error: ValidationError) -> str:
    """Where the first fault is and what it is, without the value there."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _unwrapped(value: Any) -> Any:
    """The list in a wrapper, or value itself."""
    if isinstance(value, dict):
        return next((value[name] for name in WRAPPERS if name in value), value)
    return value


def _named(device: Any) -> Any:
    """A device whose hostname is that of host where it is null."""
    if isinstance(device, dict) and device.get("hostname") is None and "host" in device:
        return {**device, "hostname": device["host"]}
    return device


def _named_devices(value: Any) -> Any:
    devices = _unwrapped(value)
    return [_named(device) for device in devices] if isinstance(devices, list) else devices


_device: _Reader[Device | None] = _Reader(Device, _named)
_devices: _Reader[list[Device]] = _Reader(list[Device], _named_devices)
_credential: _Reader[Credential | None] = _Reader(Credential)
_chat_response: _Reader[ChatResponse] = _Reader(ChatResponse)
_knowledge_results: _Reader[list[KnowledgeResult]] = _Reader(list[KnowledgeResult], _unwrapped)
_document: _Reader[Document] = _Reader(Document)
_gnmi_response: _Reader[GnmiResponse] = _Reader(GnmiResponse)
_netconf_response: _Reader[NetconfResponse] = _Reader(NetconfResponse)
_agent_run: _Reader[AgentRun] = _Reader(AgentRun)
_api_resources: _Reader[list[ApiResource]] = _Reader(list[ApiResource], _unwrapped)
