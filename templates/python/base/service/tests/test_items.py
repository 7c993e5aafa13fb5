"""The items through the API, from the first to the last."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def api(items: TestClient, org: str) -> TestClient:
    """The service, called for one organisation."""
    items.headers["X-Org-Id"] = org
    return items


def create(api: TestClient, **fields: Any) -> dict[str, Any]:
    """A new item."""
    response = api.post("/admin/items", json={"name": "item", **fields})
    assert response.status_code == 201, response.text
    item: dict[str, Any] = response.json()
    return item


def names(api: TestClient, **query: str | int) -> list[str]:
    """The names of the listed items."""
    response = api.get("/admin/items", params=query)
    assert response.status_code == 200, response.text
    return [item["name"] for item in response.json()["data"]]


def test_a_new_item_has_what_was_said_and_the_defaults(api: TestClient) -> None:
    item = create(api, name="  core-sw-1 ")
    assert UUID(item["id"])
    assert item["name"] == "core-sw-1"
    assert item["description"] is None
    assert item["enabled"] is True
    created = datetime.fromisoformat(item["created_at"])
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)
    assert item["updated_at"] == item["created_at"]
    assert api.get(f"/admin/items/{item['id']}").json() == item


def test_the_newest_item_is_listed_first(api: TestClient) -> None:
    assert names(api) == []
    for name in ("a", "b", "c"):
        create(api, name=name)
    assert names(api) == ["c", "b", "a"]
    assert names(api, limit=1) == ["c"]
    assert names(api, limit=2, offset=1) == ["b", "a"]
    assert names(api, offset=1_000_000) == []


@pytest.mark.parametrize(
    ("change", "want"),
    [
        ({"name": " new "}, {"name": "new"}),
        ({"enabled": False}, {"enabled": False}),
        ({"description": "new"}, {"description": "new"}),
        ({"description": None}, {"description": None}),
        ({"name": None, "enabled": None}, {}),
        ({}, {}),
    ],
)
def test_an_update_changes_what_it_names(
    api: TestClient, change: dict[str, object], want: dict[str, object]
) -> None:
    before = create(api, description="old")
    response = api.put(f"/admin/items/{before['id']}", json=change)
    assert response.status_code == 200
    after = response.json()
    assert after == {**before, **want, "updated_at": after["updated_at"]}
    assert after["updated_at"] >= before["updated_at"]


def test_an_item_is_toggled(api: TestClient) -> None:
    path = f"/admin/items/{create(api)['id']}"
    for enabled in (False, True):
        response = api.post(f"{path}/toggle", json={})
        assert response.status_code == 200
        assert response.json()["enabled"] is enabled
        assert api.get(path).json()["enabled"] is enabled


def test_all_items_are_enabled_and_those_that_were_not_counted(api: TestClient) -> None:
    for enabled in (True, False, False):
        create(api, enabled=enabled)
    for count in (2, 0):
        response = api.post("/admin/items/enable-all", json={})
        assert response.json() == {"enabled": count}


def test_a_deleted_item_is_gone(api: TestClient) -> None:
    path = f"/admin/items/{create(api)['id']}"
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert api.delete(path).status_code == 404
    assert names(api) == []


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/toggle")],
)
def test_another_organisations_item_is_not_found(
    api: TestClient, method: str, action: str
) -> None:
    item = create(api)
    path = f"/admin/items/{item['id']}{action}"
    stranger = {"X-Org-Id": str(uuid4())}
    response = api.request(method, path, headers=stranger, json={})
    assert response.status_code == 404
    assert response.json() == {"detail": "item not found"}
    assert api.get(f"/admin/items/{item['id']}").json() == item


def test_lists_and_actions_see_one_organisation_only(api: TestClient) -> None:
    create(api, enabled=False)
    stranger = {"X-Org-Id": str(uuid4())}
    assert api.get("/admin/items", headers=stranger).json() == {"data": []}
    enabled = api.post("/admin/items/enable-all", headers=stranger, json={})
    assert enabled.json() == {"enabled": 0}


def test_the_header_goes_before_the_query(api: TestClient) -> None:
    create(api)
    assert names(api, org_id=str(uuid4())) == ["item"]
    org = api.headers.pop("X-Org-Id")
    assert names(api, org_id=org) == ["item"]


@pytest.mark.parametrize("text", ["Zürich 🚀", "a'; DROP TABLE x;--", "\u202e\u0301"])
def test_any_text_comes_back_as_it_was(api: TestClient, text: str) -> None:
    item = create(api, name=text, description=f" {text}\n")
    assert item["name"] == text
    assert item["description"] == f" {text}\n"
