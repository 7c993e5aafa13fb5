"""The client of the NetStacks Controller's internal API, `/internal/v1`, for plugins.

    async with NetStacksClient() as client:
        for device in await client.devices.list(device_type="switch"):
            print(device.name, device.hostname)

`NetStacksSyncClient` is its twin for code without an event loop: the same operations, without
`await`. Both read what the Controller gives every plugin container:

| variable | what it says |
|---|---|
| `CONTROLLER_API_URL` | where the Controller is |
| `NETSTACKS_SERVICE_TOKEN` | what the plugin may do there |
| `NETSTACKS_CA_CERT` | a PEM file of authorities to trust beside the system's, or its text |
| `NETSTACKS_TLS_VERIFY` | `false` switches the check of the certificate off |

Single resources that do not exist are None; everything else that fails raises a
`NetStacksError`. GETs are tried again after 429, 502, 503, 504 and broken connections.
`netstacks_sdk.testing` has a Controller in memory for the unit tests of plugins.
"""

from ._async import (
    GNMI,
    LLM,
    NETCONF,
    Agents,
    ApiResources,
    Credentials,
    Devices,
    Knowledge,
    NetStacksClient,
)
from ._errors import (
    MissingTokenError,
    MissingURLError,
    NetStacksAPIError,
    NetStacksConfigError,
    NetStacksConnectionError,
    NetStacksDecodeError,
    NetStacksError,
    NetStacksInvalidArgumentError,
    NetStacksTimeoutError,
    NetStacksTLSError,
)
from ._models import (
    AgentRun,
    ApiResource,
    ChatMessage,
    ChatResponse,
    Credential,
    Device,
    Document,
    GnmiNotification,
    GnmiResponse,
    GnmiUpdate,
    KnowledgeResult,
    NetconfResponse,
    Usage,
)
from ._sync import NetStacksSyncClient
from ._version import __version__

__all__ = [
    "GNMI",
    "LLM",
    "NETCONF",
    "AgentRun",
    "Agents",
    "ApiResource",
    "ApiResources",
    "ChatMessage",
    "ChatResponse",
    "Credential",
    "Credentials",
    "Device",
    "Devices",
    "Document",
    "GnmiNotification",
    "GnmiResponse",
    "GnmiUpdate",
    "Knowledge",
    "KnowledgeResult",
    "MissingTokenError",
    "MissingURLError",
    "NetStacksAPIError",
    "NetStacksClient",
    "NetStacksConfigError",
    "NetStacksConnectionError",
    "NetStacksDecodeError",
    "NetStacksError",
    "NetStacksInvalidArgumentError",
    "NetStacksSyncClient",
    "NetStacksTLSError",
    "NetStacksTimeoutError",
    "NetconfResponse",
    "Usage",
    "__version__",
]
