"""The synchronous client."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from . import _operations
from ._base import Client, Namespace
from ._call import FAILURES, Call
from ._deadline import DeadlineTransport, deadline
from ._paging import PAGE_SIZE, DevicePages
from ._settings import (
    DEFAULT_TIMEOUT_SECONDS,
    MOST_CONNECTIONS,
    Settings,
)

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    import httpx
    from typing_extensions import Self

    from ._call import Outcome
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

T = TypeVar("T")


class Sender:
    """Makes calls over a pool of connections."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None) -> None:
        """Connect when the first call is made."""
        self._settings = settings
        self._slots = threading.BoundedSemaphore(settings.max_connections)
        # A transport alone: no proxies, cookies, redirects or passwords of the environment.
        self._transport = transport or DeadlineTransport(settings.tls(), settings.limits())
        self._closed = False

    def call(self, operation: _operations.Operation[T]) -> T:
        """What the Controller answers, at the third attempt if need be."""
        if self._closed:
            raise RuntimeError("the client is closed")
        call = Call(self._settings, operation)
        while True:
            with self._slots:
                outcome = self._attempt(call)
            wait = call.wait_after(outcome)
            if wait is None:
                return call.result
            time.sleep(wait)

    def _attempt(self, call: Call[Any]) -> Outcome:
        request = call.request()
        try:
            with deadline(self._settings.timeout):
                response = self._transport.handle_request(request)
                try:
                    response.read()
                finally:
                    response.close()
                return response
        except FAILURES as exc:
            return exc

    def close(self) -> None:
        """Close every connection."""
        self._closed = True
        self._transport.close()


class Devices(Namespace[Sender]):
    """The device inventory. Needs `read_devices`."""

    def list(
        self,
        device_type: str | None = None,
        *,
        org_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> builtins.list[Device]:
        """Devices of a type and of an organisation, or of all of them."""
        return self._sender.call(_operations.list_devices(device_type, org_id, limit, offset))

    def get(self, device_id: str) -> Device | None:
        """One device, None where there is no such device."""
        return self._sender.call(_operations.get_device(device_id))

    def all(
        self,
        device_type: str | None = None,
        *,
        org_id: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Device]:
        """Every device, asked for page by page while they are consumed: `for`."""
        return self._every(DevicePages(device_type, org_id, page_size))

    def _every(self, pages: DevicePages) -> Iterator[Device]:
        while pages.more:
            yield from pages.take(self._sender.call(pages.next_page()))


class Credentials(Namespace[Sender]):
    """Decrypted credentials. Needs `read_credentials`."""

    def get(self, credential_id: str) -> Credential | None:
        """One credential, None where there is none. Every read is audit logged."""
        return self._sender.call(_operations.get_credential(credential_id))


class LLM(Namespace[Sender]):
    """Language models. Needs `invoke_llm`."""

    def chat(
        self,
        messages: Sequence[ChatMessage],
        model: str | None = None,
        *,
        temperature: float | None = None,
        max_tokens: int | None = None,
        org_id: str | None = None,
    ) -> ChatResponse:
        """The answer to a conversation; without a model the Controller chooses one."""
        return self._sender.call(_operations.chat(messages, model, temperature, max_tokens, org_id))


class Knowledge(Namespace[Sender]):
    """The knowledge base. Needs `search_knowledge`, or `create_knowledge_document`."""

    def search(
        self, query: str, *, org_id: str | None = None, limit: int | None = None
    ) -> list[KnowledgeResult]:
        """Passages that fit the question, best first."""
        return self._sender.call(_operations.search_knowledge(query, org_id, limit))

    def create_document(
        self,
        title: str,
        content: str,
        *,
        source: str | None = None,
        url: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        org_id: str | None = None,
    ) -> Document:
        """A document that the next search finds."""
        return self._sender.call(
            _operations.create_document(title, content, source, url, metadata, org_id)
        )


class GNMI(Namespace[Sender]):
    """gNMI operations against devices. Needs `execute_gnmi`."""

    def execute(
        self,
        device_id: str,
        operation: str,
        *,
        paths: Sequence[str] | None = None,
        updates: Sequence[GnmiUpdate] | None = None,
        deletes: Sequence[str] | None = None,
        encoding: str | None = None,
    ) -> GnmiResponse:
        """`get` needs paths; `set` needs updates, deletes or both; `capabilities` neither."""
        return self._sender.call(
            _operations.execute_gnmi(device_id, operation, paths, updates, deletes, encoding)
        )


class NETCONF(Namespace[Sender]):
    """NETCONF operations against devices. Needs `execute_netconf`."""

    def execute(
        self,
        device_id: str,
        operation: str,
        *,
        target: str | None = None,
        filter: str | None = None,  # noqa: A002 (its name in the API)
        config: str | None = None,
        rpc: str | None = None,
    ) -> NetconfResponse:
        """`get`, `get-config`, `edit-config` (needs config) or `rpc` (needs rpc)."""
        return self._sender.call(
            _operations.execute_netconf(device_id, operation, target, filter, config, rpc)
        )


class Agents(Namespace[Sender]):
    """Autonomous agents. Needs `trigger_agent`."""

    def trigger(
        self,
        agent_id: str,
        *,
        prompt: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> AgentRun:
        """A run of an agent, which goes on by itself."""
        return self._sender.call(_operations.trigger_agent(agent_id, prompt, context))


class ApiResources(Namespace[Sender]):
    """External APIs that administrators registered. Needs `read_api_resources`."""

    def list(self) -> builtins.list[ApiResource]:
        """All of them, without their credentials."""
        return self._sender.call(_operations.list_api_resources())


class NetStacksSyncClient(Client):
    """The Controller, as this plugin's service token lets it be seen.

        with NetStacksSyncClient() as client:
            for device in client.devices.list(device_type="switch"):
                print(device.name)

    The twin of `NetStacksClient` for code without an event loop, made from the same arguments
    with the same errors. One client serves any number of threads over at most `max_connections`
    connections, which it keeps and uses again; make one for the life of the plugin.

    """

    devices: Devices
    credentials: Credentials
    llm: LLM
    knowledge: Knowledge
    gnmi: GNMI
    netconf: NETCONF
    agents: Agents
    api_resources: ApiResources

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        *,
        max_connections: int = MOST_CONNECTIONS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Read the environment; the first call connects."""
        self._settings = Settings(base_url, token, timeout, max_connections)
        self._sender = Sender(self._settings, transport)
        self.devices = Devices(self._sender)
        self.credentials = Credentials(self._sender)
        self.llm = LLM(self._sender)
        self.knowledge = Knowledge(self._sender)
        self.gnmi = GNMI(self._sender)
        self.netconf = NETCONF(self._sender)
        self.agents = Agents(self._sender)
        self.api_resources = ApiResources(self._sender)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        self._sender.close()
