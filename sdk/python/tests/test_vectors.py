"""Every vector of the contract, against both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import run
from subjects import KINDS, SUBJECTS
from vectors import load

if TYPE_CHECKING:
    from conftest import Certificates

VECTORS = load()


@pytest.mark.parametrize("client", SUBJECTS)
@pytest.mark.parametrize("name", VECTORS)
def test_vector(
    name: str,
    client: str,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(VECTORS[name], SUBJECTS[client], KINDS, certificates, monkeypatch, caplog)
