"""What the service refuses, and how it says so."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from limits import MAX_BODY_BYTES

ITEM = f"/admin/items/{uuid4()}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": 1}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x", "description": "x" * 10_001}, "description"),
        ({"name": "x", "description": "a\0b"}, "description"),
        ({"name": "x", "description": []}, "description"),
        ({"name": "x", "enabled": None}, "enabled"),
        ({"name": "x", "enabled": "yes"}, "enabled"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_a_bad_item_is_refused_by_its_field(
    client: TestClient, org: str, body: object, field: str
) -> None:
    response = client.post("/admin/items", params={"org_id": org}, json=body)
    assert response.status_code == 422
    assert field in response.json()["detail"][0]["loc"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"enabled": 1}, "enabled"),
        ({"description": "\0"}, "description"),
    ],
)
def test_a_bad_change_is_refused_by_its_field(
    client: TestClient, org: str, body: object, field: str
) -> None:
    response = client.put(ITEM, params={"org_id": org}, json=body)
    assert response.status_code == 422
    assert field in response.json()["detail"][0]["loc"]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b'{"name": "\\ud800"}'])
def test_what_is_no_json_is_refused(client: TestClient, org: str, body: bytes) -> None:
    headers = {"X-Org-Id": org, "Content-Type": "application/json"}
    response = client.post("/admin/items", headers=headers, content=body)
    assert response.status_code in (400, 422)
    assert response.json()["detail"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "offset=-1", "offset=1000001", "limit=9e99"],
)
def test_a_page_has_its_bounds(client: TestClient, org: str, query: str) -> None:
    response = client.get(f"/admin/items?org_id={org}&{query}")
    assert response.status_code == 422
    assert query.partition("=")[0] in response.json()["detail"][0]["loc"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_is_a_uuid(client: TestClient, org: str, method: str) -> None:
    headers = {"X-Org-Id": org}
    response = client.request(method, "/admin/items/1", headers=headers)
    assert response.status_code == 422


def test_no_organisation_is_said(client: TestClient) -> None:
    response = client.get("/admin/items")
    assert response.status_code == 400
    assert response.json() == {
        "detail": "no organisation: the Controller sends it as X-Org-Id and as org_id"
    }


@pytest.mark.parametrize("place", ["header", "query"])
def test_an_organisation_is_a_uuid(client: TestClient, place: str) -> None:
    response = (
        client.get("/admin/items", headers={"X-Org-Id": "acme"})
        if place == "header"
        else client.get("/admin/items?org_id=acme")
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", ITEM, 405),
        ("POST", "/health", 405),
        ("GET", "/admin/nothing", 404),
        ("GET", "/docs", 404),
    ],
)
def test_what_is_not_there(
    client: TestClient, org: str, method: str, path: str, status: int
) -> None:
    response = client.request(method, path, headers={"X-Org-Id": org})
    assert response.status_code == status
    assert response.json()["detail"]


def chunks(size: int) -> Iterator[bytes]:
    """A body of which nobody says how long it will be."""
    for _ in range(size // 1024):
        yield b" " * 1024
    yield b" " * (size % 1024)


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_has_its_limit(client: TestClient, org: str, *, declared: bool) -> None:
    headers = {"X-Org-Id": org, "Content-Type": "application/json"}
    for size, status in ((MAX_BODY_BYTES, 422), (MAX_BODY_BYTES + 1, 413)):
        body = b" " * size if declared else chunks(size)
        response = client.post("/admin/items", headers=headers, content=body)
        assert response.status_code == status
        assert response.json()["detail"]


def test_an_error_does_not_repeat_the_input(client: TestClient, org: str) -> None:
    response = client.post("/admin/items", params={"org_id": org}, json=["secret"])
    assert response.status_code == 422
    assert "secret" not in response.text
