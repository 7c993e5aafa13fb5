"""The service as the tests see it."""

import pytest
from fastapi.testclient import TestClient

pytest_plugins = ["tests.fixtures"]


@pytest.fixture
def items(client: TestClient) -> TestClient:
    """The service with its items."""
    return client
