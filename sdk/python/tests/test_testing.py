"""The Controller in memory that plugins are tested with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import netstacks_sdk as sdk
from netstacks_sdk.testing import FakeController, FakeRequest

DEVICES = [
    sdk.Device(id=str(n), name=f"d{n}", hostname="h", device_type=kind, org_id=f"o{n % 2}")
    for n, kind in enumerate(["router", "switch", "router", "switch", "router"])
]
CREDENTIAL = sdk.Credential(id="a/b", name="n", credential_type="api_token", secret="s")  # noqa: S106


def test_both_clients_see_what_it_holds() -> None:
    fake = FakeController(devices=DEVICES)

    async def listed() -> list[sdk.Device]:
        async with fake.client() as client:
            return await client.devices.list("router")

    assert asyncio.run(listed()) == DEVICES[::2]
    with fake.sync_client(timeout=5) as client:
        assert client.devices.list("router") == DEVICES[::2]
        assert client.devices.list(org_id="o1", limit=1, offset=1) == [DEVICES[3]]
        assert list(client.devices.all(page_size=2)) == DEVICES
        assert client.devices.get("3") == DEVICES[3]
        assert client.devices.get("33") is None
    expected = FakeRequest("devices.list", {"device_type": "router"})
    assert fake.requests[:2] == [expected, expected]


def test_credentials_and_resources_are_found_by_id() -> None:
    resource = sdk.ApiResource(id="1", name="NetBox", base_url="https://netbox.example")
    fake = FakeController(credentials=[CREDENTIAL], api_resources=[resource])
    with fake.sync_client() as client:
        assert client.credentials.get("a/b") == CREDENTIAL
        assert client.credentials.get("a") is None
        assert client.api_resources.list() == [resource]
    assert fake.requests[0] == FakeRequest("credentials.get", {"id": "a/b"})


def test_the_language_model_says_what_it_is_told_to() -> None:
    fake = FakeController(chat=lambda messages: f"{len(messages)} messages")
    with fake.sync_client() as client:
        answer = client.llm.chat([sdk.ChatMessage(role="user", content="x")], "m")
        assert (answer.content, answer.model) == ("1 messages", "m")
        with pytest.raises(sdk.NetStacksAPIError, match="messages"):
            client.llm.chat([])


def test_documents_are_found_by_the_next_search() -> None:
    fake = FakeController()
    with fake.sync_client() as client:
        assert client.knowledge.search("core") == []
        client.knowledge.create_document("Edge", "Firewall rules")
        document = client.knowledge.create_document("Core", "Drain the core, mind firewalls")
        found = client.knowledge.search("core firewall")
        assert [result.title for result in found] == ["Core", "Edge"]
        assert found[0].id == document.id
        assert len(client.knowledge.search("core firewall", limit=1)) == 1


def test_devices_keep_what_is_set() -> None:
    fake = FakeController()
    fake.gnmi["1"]["/a"] = 1
    fake.netconf["1"] = "<data>x</data>"
    with fake.sync_client() as client:
        done = client.gnmi.execute(
            "1", "set", updates=[sdk.GnmiUpdate(path="/b", value=[2])], deletes=["/a"]
        )
        assert [(n.path, n.value) for n in done.notifications] == [("/b", [2]), ("/a", None)]
        read = client.gnmi.execute("1", "get", paths=["/a", "/b"])
        assert [(n.path, n.value) for n in read.notifications] == [("/b", [2])]
        assert client.gnmi.execute("1", "capabilities").notifications[0].path == "/"
        assert client.netconf.execute("1", "get").data == "<data>x</data>"
        assert client.netconf.execute("2", "get-config").data == "<data/>"
        assert client.netconf.execute("1", "edit-config", config="<x/>").data == "<ok/>"


def test_agents_run_where_they_are_known() -> None:
    fake = FakeController(agents={"bgp-triage"})
    with fake.sync_client() as client:
        assert client.agents.trigger("bgp-triage", prompt="why?").status == "queued"
        with pytest.raises(sdk.NetStacksAPIError, match="no agent"):
            client.agents.trigger("other")


def test_a_missing_capability_is_refused_as_the_controller_does() -> None:
    fake = FakeController(capabilities={"read_devices"})
    with fake.sync_client() as client:
        assert client.devices.list() == []
        with pytest.raises(sdk.NetStacksAPIError) as caught:
            client.credentials.get("1")
    assert (caught.value.status, caught.value.required) == (403, "read_credentials")


@pytest.mark.parametrize("times", [2, 3])
def test_failures_come_as_often_as_asked_for(times: int) -> None:
    fake = FakeController()
    fake.fail("devices.list", 503, "later", times=times)
    with fake.sync_client() as client:
        if times == 3:
            with pytest.raises(sdk.NetStacksAPIError, match="later"):
                client.devices.list()
        assert client.devices.list() == []
    assert len(fake.requests) == (3 if times == 2 else 4)


def test_connections_break_when_asked_to() -> None:
    fake = FakeController()
    fake.disconnect("agents.trigger")
    with fake.sync_client() as client:
        with pytest.raises(sdk.NetStacksConnectionError, match="the fake broke"):
            client.agents.trigger("a")
        run: Any = client.agents.trigger("a")
    assert run.run_id == "run-2"
