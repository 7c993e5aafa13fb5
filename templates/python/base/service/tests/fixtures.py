"""What the tests share; conftest.py adds the service with its items."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

import sdk
from main import app
from tests.controller import Controller, serving

TOKEN = "token-that-nobody-may-see"  # noqa: S105 (it opens nothing)


@pytest.fixture
def org() -> str:
    """An organisation that has nothing yet."""
    return str(uuid4())


@pytest.fixture
def controller(monkeypatch: pytest.MonkeyPatch) -> Iterator[Controller]:
    """The Controller that the environment names; retries do not wait for it."""
    monkeypatch.setattr(sdk, "FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setenv("NETSTACKS_SERVICE_TOKEN", TOKEN)
    with serving() as controller:
        monkeypatch.setenv("CONTROLLER_API_URL", controller.url)
        yield controller


@pytest.fixture
def client(controller: Controller) -> Iterator[TestClient]:  # noqa: ARG001
    """The service as it starts; an exception in it is a 500, as for its callers."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
