"""A Controller in memory, for the unit tests of plugins.

    from netstacks_sdk import Device
    from netstacks_sdk.testing import FakeController

    SWITCH = Device(id="1", name="sw1", hostname="192.0.2.1", device_type="switch")

    async def test_switches_are_counted():
        fake = FakeController(devices=[SWITCH])
        async with fake.client() as client:
            assert await count_switches(client) == 1
        assert fake.requests[0].operation == "devices.list"

The client is the real one; only the network is not there. What the fake holds is in its
attributes, which a test may change at any time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

import httpx

from ._async import NetStacksClient
from ._models import (
    AgentRun,
    ApiResource,
    ChatMessage,
    ChatResponse,
    Credential,
    Device,
    Document,
    KnowledgeResult,
)
from ._sync import NetStacksSyncClient

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from pydantic import BaseModel

__all__ = ["FakeController", "FakeRequest"]

R = TypeVar("R", Device, Credential)

BASE_URL = "http://controller.invalid"
TOKEN = "fake-token"  # noqa: S105 (it opens nothing)

_OPERATIONS = {
    ("GET", "/devices"): ("devices.list", "read_devices"),
    ("GET", "/devices/"): ("devices.get", "read_devices"),
    ("GET", "/credentials/"): ("credentials.get", "read_credentials"),
    ("POST", "/llm/chat"): ("llm.chat", "invoke_llm"),
    ("GET", "/knowledge/search"): ("knowledge.search", "search_knowledge"),
    ("POST", "/knowledge/documents"): ("knowledge.create_document", "create_knowledge_document"),
    ("POST", "/gnmi/execute"): ("gnmi.execute", "execute_gnmi"),
    ("POST", "/netconf/execute"): ("netconf.execute", "execute_netconf"),
    ("POST", "/agents/trigger"): ("agents.trigger", "trigger_agent"),
    ("GET", "/api-resources"): ("api_resources.list", "read_api_resources"),
}


@dataclass(frozen=True)
class FakeRequest:
    """What a client asked for; `args` are query, body and `id`, named as on the wire."""

    operation: str
    """Such as `devices.list`."""
    args: dict[str, Any] = field(default_factory=dict)


class _RefusedError(Exception):
    def __init__(self, status: int, error: str, required: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error} if required is None else {"error": error, "required": required}


class FakeController(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every operation from memory.

    Attributes:
        devices: the inventory, in its order.
        credentials: the credentials.
        documents: title and content of every document of the knowledge base, by id.
        api_resources: the external APIs.
        agents: the ids of the agents that can be triggered, None for any.
        capabilities: what the token carries, None for everything.
        chat: makes the answer of the language model from the conversation.
        gnmi: the values of each path, by the id of the device: `fake.gnmi["1"]["/a"] = 5`.
        netconf: the XML that `get` and `get-config` answer, by the id of the device.
        requests: what was asked for, in its order.

    """

    def __init__(
        self,
        *,
        devices: Iterable[Device] = (),
        credentials: Iterable[Credential] = (),
        api_resources: Iterable[ApiResource] = (),
        agents: Collection[str] | None = None,
        capabilities: Collection[str] | None = None,
        chat: Callable[[list[ChatMessage]], str] = lambda messages: messages[-1].content,
    ) -> None:
        """Hold what is given; without `chat` the language model repeats the last message."""
        self.devices = list(devices)
        self.credentials = list(credentials)
        self.documents: dict[str, tuple[str, str]] = {}
        self.api_resources = list(api_resources)
        self.agents = agents
        self.capabilities = capabilities
        self.chat = chat
        self.gnmi: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.netconf: dict[str, str] = {}
        self.requests: list[FakeRequest] = []
        self._failures: defaultdict[str, list[_RefusedError | None]] = defaultdict(list)

    def client(self, **options: Any) -> NetStacksClient:
        """An asynchronous client of this Controller; options are those of `NetStacksClient`."""
        return NetStacksClient(**{"base_url": BASE_URL, "token": TOKEN, **options}, transport=self)

    def sync_client(self, **options: Any) -> NetStacksSyncClient:
        """A synchronous client of this Controller; options are those of `NetStacksSyncClient`."""
        options = {"base_url": BASE_URL, "token": TOKEN, **options}
        return NetStacksSyncClient(**options, transport=self)

    def fail(self, operation: str, status: int, error: str = "failed", *, times: int = 1) -> None:
        """Answer the next requests for an operation with an error; the client does not wait."""
        self._failures[operation] += [_RefusedError(status, error)] * times

    def disconnect(self, operation: str, *, times: int = 1) -> None:
        """Break the connection of the next requests for an operation."""
        self._failures[operation] += [None] * times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the synchronous client."""
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the asynchronous client."""
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            operation, capability, args = _understood(request)
            self.requests.append(FakeRequest(operation, args))
            self._check(capability)
            self._fail_as_told(operation, request)
            answer = getattr(self, "_" + operation.replace(".", "_"))(args)
        except _RefusedError as refused:
            headers = {"Retry-After": "0"}
            return httpx.Response(refused.status, json=refused.body, headers=headers)
        if isinstance(answer, list):
            return httpx.Response(200, json=[_json(item) for item in answer])
        return httpx.Response(200, json=_json(answer))

    def _check(self, capability: str) -> None:
        if self.capabilities is not None and capability not in self.capabilities:
            raise _RefusedError(403, "Insufficient capabilities", capability)

    def _fail_as_told(self, operation: str, request: httpx.Request) -> None:
        if not self._failures[operation]:
            return
        failure = self._failures[operation].pop(0)
        if failure is None:
            raise httpx.ReadError("the fake broke the connection", request=request)
        raise failure

    def _devices_list(self, args: dict[str, Any]) -> list[Device]:
        found = [
            device
            for device in self.devices
            if args.get("device_type") in (None, device.device_type)
            and args.get("org_id") in (None, device.org_id)
        ]
        start = int(args.get("offset", 0))
        return found[start : start + int(args.get("limit", len(found)))]

    def _devices_get(self, args: dict[str, Any]) -> Device:
        return _found(self.devices, args["id"], "no device has this id")

    def _credentials_get(self, args: dict[str, Any]) -> Credential:
        return _found(self.credentials, args["id"], "no credential has this id")

    def _llm_chat(self, args: dict[str, Any]) -> ChatResponse:
        messages = [ChatMessage(**message) for message in args["messages"]]
        if not messages:
            raise _RefusedError(400, "messages: give at least one")
        return ChatResponse(
            content=self.chat(messages), model=args.get("model", "fake"), finish_reason="stop"
        )

    def _knowledge_search(self, args: dict[str, Any]) -> list[KnowledgeResult]:
        words = args["q"].lower().split()
        found = []
        for key, (title, content) in self.documents.items():
            text = f"{title} {content}".lower()
            score = sum(word in text for word in words) / max(len(words), 1)
            if score:
                found.append(KnowledgeResult(id=key, title=title, snippet=content, score=score))
        found.sort(key=lambda result: -(result.score or 0))
        return found[: int(args.get("limit", 10))]

    def _knowledge_create_document(self, args: dict[str, Any]) -> Document:
        key = f"document-{len(self.documents) + 1}"
        self.documents[key] = (args["title"], args["content"])
        return Document(
            id=key, title=args["title"], chunks=1, created_at=datetime.now(timezone.utc)
        )

    def _gnmi_execute(self, args: dict[str, Any]) -> dict[str, Any]:
        values = self.gnmi[args["device_id"]]
        answer: list[tuple[str, Any]] = []
        if args["operation"] == "get":
            answer = [(path, values[path]) for path in args.get("paths", []) if path in values]
        elif args["operation"] == "set":
            answer = [(update["path"], update["value"]) for update in args.get("updates", [])]
            values.update(answer)
            for path in args.get("deletes", []):
                values.pop(path, None)
                answer.append((path, None))
        else:
            answer = [("/", {"supported_encodings": ["json", "json_ietf"]})]
        return {
            "device_id": args["device_id"],
            "operation": args["operation"],
            "timestamp": datetime.now(timezone.utc).isoformat(),
            "notifications": [{"path": path, "value": value} for path, value in answer],
        }

    def _netconf_execute(self, args: dict[str, Any]) -> dict[str, Any]:
        reads = args["operation"] in ("get", "get-config")
        data = self.netconf.get(args["device_id"], "<data/>") if reads else "<ok/>"
        named = {name: args[name] for name in ("device_id", "operation")}
        return {**named, "ok": True, "data": data}

    def _agents_trigger(self, args: dict[str, Any]) -> AgentRun:
        if self.agents is not None and args["agent_id"] not in self.agents:
            raise _RefusedError(404, "agent_id: no agent has this id")
        run = f"run-{len(self.requests)}"
        return AgentRun(run_id=run, agent_id=args["agent_id"], status="queued")

    def _api_resources_list(self, _: dict[str, Any]) -> list[ApiResource]:
        return self.api_resources


def _understood(request: httpx.Request) -> tuple[str, str, dict[str, Any]]:
    """The operation, its capability and its arguments."""
    raw = request.url.raw_path.decode().partition("?")[0]
    path = raw.partition("/internal/v1")[2]
    args: dict[str, Any] = dict(request.url.params)
    if request.content:
        args.update(json.loads(request.content))
    collection, slash, last = path.rpartition("/")
    if (request.method, collection + slash) in _OPERATIONS:
        args["id"] = unquote(last)
        path = collection + slash
    operation, capability = _OPERATIONS[request.method, path]
    return operation, capability, args


def _found(resources: Iterable[R], key: str, otherwise: str) -> R:
    for resource in resources:
        if resource.id == key:
            return resource
    raise _RefusedError(404, otherwise)


def _json(value: BaseModel | dict[str, Any]) -> Any:
    return value if isinstance(value, dict) else value.model_dump(mode="json")
