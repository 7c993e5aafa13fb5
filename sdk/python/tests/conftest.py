"""What all tests start from."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import trustme
from vectors import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path


class Certificates:
    """Two authorities that no system trusts, and servers that the first one vouches for."""

    def __init__(self, folder: Path) -> None:
        """Make everything that the vectors name."""
        self._authority = trustme.CA()
        self.files = {
            "ca-file": folder / "ca.pem",
            "other-ca-file": folder / "other.pem",
            "missing-file": folder / "missing.pem",
            "not-a-certificate": folder / "text.pem",
        }
        self._authority.cert_pem.write_to_path(str(self.files["ca-file"]))
        trustme.CA().cert_pem.write_to_path(str(self.files["other-ca-file"]))
        self.files["not-a-certificate"].write_text("hello\n", encoding="utf-8")
        ended = datetime.now(timezone.utc) - timedelta(days=1)
        local = ("127.0.0.1", "localhost")
        self.servers = {
            "self-signed": _server(self._authority.issue_cert(*local)),
            "wrong-host": _server(self._authority.issue_cert("other.example")),
            "expired": _server(self._authority.issue_cert(*local, not_after=ended)),
        }


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Made once, for it takes a while."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
