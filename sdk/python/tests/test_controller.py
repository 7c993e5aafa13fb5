"""Every vector that the local Controller answers, with both clients.

`go run ./controller/live`, as .ci/sdk/python.sh does it, runs the tests while there is one.
"""

from __future__ import annotations

import pytest
from running import run_against_controller
from subjects import KINDS, SUBJECTS
from vectors import load

VECTORS = load(scripted=False)


@pytest.mark.parametrize("client", SUBJECTS)
@pytest.mark.parametrize("name", VECTORS)
def test_controller(name: str, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_against_controller(VECTORS[name], SUBJECTS[client], KINDS, monkeypatch)
