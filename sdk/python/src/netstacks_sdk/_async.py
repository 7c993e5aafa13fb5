"""The asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import httpx

from . import _operations
from ._base import Client, Namespace
from ._call import FAILURES, Call
from ._paging import PAGE_SIZE, DevicePages
from ._settings import (
    DEFAULT_TIMEOUT_SECONDS,
    MOST_CONNECTIONS,
    Settings,
)

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Mapping, Sequence
    from types import TracebackType

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


class AsyncSender:
    """Makes calls over a pool of connections."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        """Connect when the first call is made."""
        self._settings = settings
        # Calls wait here for a connection: in the pool of httpx each of thousands slows the rest.
        self._slots = anyio.Semaphore(settings.max_connections, fast_acquire=True)
        # A transport alone: no proxies, cookies, redirects or passwords of the environment.
        self._transport = transport or httpx.AsyncHTTPTransport(
            verify=settings.tls() or False, limits=settings.limits(), trust_env=False
        )
        self._closed = False

    async def call(self, operation: _operations.Operation[T]) -> T:
        """What the Controller answers, at the third attempt if need be."""
        if self._closed:
            raise RuntimeError("the client is closed")
        call = Call(self._settings, operation)
        while True:
            async with self._slots:
                outcome = await self._attempt(call)
            wait = call.wait_after(outcome)
            if wait is None:
                return call.result
            await anyio.sleep(wait)

    async def _attempt(self, call: Call[Any]) -> Outcome:
        request = call.request()
        try:
            with anyio.fail_after(self._settings.timeout):
                response = await self._transport.handle_async_request(request)
                try:
                    await response.aread()
                finally:
                    await response.aclose()
                return response
        except FAILURES as exc:
            return exc

    async def aclose(self) -> None:
        """Close every connection."""
        self._closed = True
        await self._transport.aclose()


class Devices(Namespace[AsyncSender]):
    """The device inventory. Needs `read_devices`."""

    async def list(
        self,
        device_type: str | None = None,
        *,
        org_id: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> builtins.list[Device]:
        """Devices of a type and of an organisation, or of all of them."""
        return await self._sender.call(_operations.list_devices(device_type, org_id, limit, offset))

    async def get(self, device_id: str) -> Device | None:
        """One device, None where there is no such device."""
        return await self._sender.call(_operations.get_device(device_id))

    def all(
        self,
        device_type: str | None = None,
        *,
        org_id: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[Device]:
        """Every device, asked for page by page while they are consumed: `async for`."""
        return self._every(DevicePages(device_type, org_id, page_size))

    async def _every(self, pages: DevicePages) -> AsyncIterator[Device]:
        while pages.more:
            for device in pages.take(await self._sender.call(pages.next_page())):
                yield device


class Credentials(Namespace[AsyncSender]):
    """Decrypted credentials. Needs `read_credentials`."""

    async def get(self, credential_id: str) -> Credential | None:
        """One credential, None where there is none. Every read is audit logged."""
        return await self._sender.call(_operations.get_credential(credential_id))


class LLM(Namespace[AsyncSender]):
    """Language models. Needs `invoke_llm`."""

    async def chat(
        self,
        messages: Sequence[ChatMessage],
        model: str | None = None,
        *,
        temperature: float | None = None,
        max_tokens: int | None = None,
        org_id: str | None = None,
    ) -> ChatResponse:
        """The answer to a conversation; without a model the Controller chooses one."""
        return await self._sender.call(
            _operations.chat(messages, model, temperature, max_tokens, org_id)
        )


class Knowledge(Namespace[AsyncSender]):
    """The knowledge base. Needs `search_knowledge`, or `create_knowledge_document`."""

    async def search(
        self, query: str, *, org_id: str | None = None, limit: int | None = None
    ) -> list[KnowledgeResult]:
        """Passages that fit the question, best first."""
        return await self._sender.call(_operations.search_knowledge(query, org_id, limit))

    async def create_document(
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
        return await self._sender.call(
            _operations.create_document(title, content, source, url, metadata, org_id)
        )


class GNMI(Namespace[AsyncSender]):
    """gNMI operations against devices. Needs `execute_gnmi`."""

    async def execute(
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
        return await self._sender.call(
            _operations.execute_gnmi(device_id, operation, paths, updates, deletes, encoding)
        )


class NETCONF(Namespace[AsyncSender]):
    """NETCONF operations against devices. Needs `execute_netconf`."""

    async def execute(
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
        return await self._sender.call(
            _operations.execute_netconf(device_id, operation, target, filter, config, rpc)
        )


class Agents(Namespace[AsyncSender]):
    """Autonomous agents. Needs `trigger_agent`."""

    async def trigger(
        self,
        agent_id: str,
        *,
        prompt: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> AgentRun:
        """A run of an agent, which goes on by itself."""
        return await self._sender.call(_operations.trigger_agent(agent_id, prompt, context))


class ApiResources(Namespace[AsyncSender]):
    """External APIs that administrators registered. Needs `read_api_resources`."""

    async def list(self) -> builtins.list[ApiResource]:
        """All of them, without their credentials."""
        return await self._sender.call(_operations.list_api_resources())


class NetStacksClient(Client):
    """The Controller, as this plugin's service token lets it be seen.

        async with NetStacksClient() as client:
            for device in await client.devices.list(device_type="switch"):
                print(device.name)

    One client serves any number of calls at the same time over at most `max_connections`
    connections, which it keeps and uses again; make one for the life of the plugin.
    Cancelling a call gives its connection back.

    Args:
        base_url: where the Controller is; `CONTROLLER_API_URL` when it is not given.
        token: the service token; `NETSTACKS_SERVICE_TOKEN` when it is not given.
        timeout: seconds for one attempt, from its start to the last byte of the answer. The
            wait for one of the client's connections does not count.
        max_connections: how many calls are on their way at the same time; others wait.
        transport: what sends requests in place of the network, for tests
            (`netstacks_sdk.testing`).

    Raises:
        NetStacksConfigError: the address or the token is missing.
        NetStacksInvalidArgumentError: an argument or a variable cannot be used.
        NetStacksTLSError: `NETSTACKS_CA_CERT` cannot be used.

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
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Read the environment; the first call connects."""
        self._settings = Settings(base_url, token, timeout, max_connections)
        self._sender = AsyncSender(self._settings, transport)
        self.devices = Devices(self._sender)
        self.credentials = Credentials(self._sender)
        self.llm = LLM(self._sender)
        self.knowledge = Knowledge(self._sender)
        self.gnmi = GNMI(self._sender)
        self.netconf = NETCONF(self._sender)
        self.agents = Agents(self._sender)
        self.api_resources = ApiResources(self._sender)

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. The client cannot be used afterwards."""
        await self._sender.aclose()
