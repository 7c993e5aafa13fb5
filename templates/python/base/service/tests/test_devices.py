"""The devices, which the service asks the Controller for."""

import pytest
from fastapi.testclient import TestClient

from tests.controller import Answer, Controller
from tests.fixtures import TOKEN

DEVICE = {
    "id": "1",
    "name": "core-sw-1",
    "hostname": "10.0.0.1",
    "device_type": "switch",
}


def test_the_organisations_devices_are_asked_for(
    client: TestClient, controller: Controller, org: str
) -> None:
    controller.answers = [Answer(body=[DEVICE])]
    response = client.get("/admin/devices", headers={"X-Org-Id": org})
    assert response.status_code == 200
    (device,) = response.json()["data"]
    assert DEVICE.items() <= device.items()
    (request,) = controller.requests
    assert request.path == f"/internal/v1/devices?org_id={org}"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_missing_capability_is_the_plugins_to_mend(
    client: TestClient, controller: Controller, org: str
) -> None:
    body = {"error": "Insufficient capabilities", "required": "read_devices"}
    controller.answers = [Answer(403, body)]
    response = client.get("/admin/devices", headers={"X-Org-Id": org})
    assert response.status_code == 403
    assert 'add "read_devices" to' in response.json()["detail"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, {"error": "bad token"}),
        Answer(500, {"error": {"code": "broken", "message": "out of order"}}),
        Answer(503),
        Answer(200, b"<html>"),
    ],
)
def test_other_errors_lie_behind_the_service(
    client: TestClient, controller: Controller, org: str, answer: Answer
) -> None:
    controller.answers = [answer]
    response = client.get("/admin/devices", headers={"X-Org-Id": org})
    assert response.status_code == 502
    assert f"the Controller answered {answer.status}" in response.json()["detail"]
