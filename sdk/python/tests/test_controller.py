"""Every operation, against the local Controller as authors of plugins start it.

NETSTACKS_PLUGIN names the program `netstacks-plugin`; .ci/sdk/python.sh builds and sets it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

import netstacks_sdk as sdk

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = os.environ.get("NETSTACKS_PLUGIN")
CAPABILITIES = (
    "read_devices",
    "read_credentials",
    "invoke_llm",
    "search_knowledge",
    "create_knowledge_document",
    "execute_gnmi",
    "execute_netconf",
    "trigger_agent",
    "read_api_resources",
)
DEVICE = "550e8400-e29b-41d4-a716-446655440000"
CREDENTIAL = "660e8400-e29b-41d4-a716-446655440001"

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="NETSTACKS_PLUGIN names no program")


@pytest.fixture(scope="module")
def variables() -> Iterator[dict[str, str]]:
    """The environment that a Controller prints, while it runs."""
    command = [str(PROGRAM), "controller", "--listen", "127.0.0.1:0", "--json"]
    command += [f"--capability={name}" for name in CAPABILITIES]
    with subprocess.Popen(  # noqa: S603 (our own program)
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)


@pytest.fixture
def client(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[sdk.NetStacksSyncClient]:
    """A client that the environment alone configures, over TLS."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with sdk.NetStacksSyncClient() as made:
        yield made


def test_devices(client: sdk.NetStacksSyncClient) -> None:
    devices = client.devices.list()
    assert list(client.devices.all(page_size=7)) == devices
    kinds = {device.device_type for device in devices}
    for kind in kinds:
        listed = client.devices.list(kind, limit=3)
        assert 1 <= len(listed) <= 3
        assert {device.device_type for device in listed} == {kind}
    assert client.devices.get(devices[0].id) == devices[0]
    assert client.devices.get("00000000-0000-4000-8000-00000000abcd") is None


def test_credentials(client: sdk.NetStacksSyncClient) -> None:
    credential = client.credentials.get(CREDENTIAL)
    assert credential is not None
    assert credential.secret
    assert credential.secret not in repr(credential)
    assert client.credentials.get("00000000-0000-4000-8000-00000000abcd") is None


def test_language_models(client: sdk.NetStacksSyncClient) -> None:
    answer = client.llm.chat([sdk.ChatMessage(role="user", content="Explain VLANs.")], "a-model")
    assert answer.content
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_knowledge(client: sdk.NetStacksSyncClient) -> None:
    assert client.knowledge.search("firewall rules", limit=3)
    made = client.knowledge.create_document("Quokka maintenance", "Drain the quokka first.")
    assert made.created_at is not None
    assert client.knowledge.search("quokka")[0].id == made.id


def test_gnmi(client: sdk.NetStacksSyncClient) -> None:
    known = client.gnmi.execute(DEVICE, "capabilities")
    assert known.notifications[0].path == "/"
    path = "/interfaces/interface[name=Ethernet1]/config/mtu"
    client.gnmi.execute(DEVICE, "set", updates=[sdk.GnmiUpdate(path=path, value=9100)])
    read = client.gnmi.execute(DEVICE, "get", paths=[path])
    assert [notification.value for notification in read.notifications] == [9100]


def test_netconf(client: sdk.NetStacksSyncClient) -> None:
    answer = client.netconf.execute(DEVICE, "get-config", target="running")
    assert answer.ok
    assert answer.data
    with pytest.raises(sdk.NetStacksAPIError) as caught:
        client.netconf.execute("unknown", "get")
    assert caught.value.status == 404


def test_agents(client: sdk.NetStacksSyncClient) -> None:
    run = client.agents.trigger("bgp-triage", prompt="why?", context={"alert_id": 17})
    assert run.run_id
    assert run.status


def test_api_resources(client: sdk.NetStacksSyncClient) -> None:
    resources = client.api_resources.list()
    assert all(resource.base_url for resource in resources)
    assert resources


def test_both_clients_are_answered_the_same(client: sdk.NetStacksSyncClient) -> None:
    async def listed() -> list[sdk.Device]:
        async with sdk.NetStacksClient() as twin:
            return [device async for device in twin.devices.all("switch")]

    assert asyncio.run(listed()) == client.devices.list("switch")


def test_a_token_without_the_capability_is_refused(
    client: sdk.NetStacksSyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    del client
    command = [str(PROGRAM), "controller", "token", "--json", "--capability=read_devices"]
    command.append(f"--controller={os.environ['CONTROLLER_API_URL']}")
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    for name, value in json.loads(done.stdout).items():
        monkeypatch.setenv(name, value)
    with sdk.NetStacksSyncClient() as made:
        assert made.devices.list()
        with pytest.raises(sdk.NetStacksAPIError) as caught:
            made.credentials.get(CREDENTIAL)
    assert (caught.value.status, caught.value.required) == (403, "read_credentials")
