"""The vectors of the contract, and how what was made of them is compared."""

from __future__ import annotations

import json
import os
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parents[3]
VARIABLES = (
    "CONTROLLER_API_URL",
    "NETSTACKS_SERVICE_TOKEN",
    "NETSTACKS_CA_CERT",
    "NETSTACKS_TLS_VERIFY",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)
CONTROLLER = {name: os.environ[name] for name in VARIABLES[:4] if os.environ.get(name)}
"""What the environment of the tests says of a Controller that runs; no test has it by itself."""
TIMES = frozenset({"created_at", "updated_at", "timestamp"})


def load(*, scripted: bool = True) -> dict[str, dict[str, Any]]:
    """By topic and name, every vector that has a script, or that the local Controller answers."""
    found = {}
    for file in sorted((ROOT / "sdk/contract/vectors").glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        for vector in document["vectors"]:
            if ("exchange" in vector) == scripted:
                found[f"{document['topic']}: {vector['name']}"] = vector
    return found


def unrolled(value: Any) -> Any:
    """A value whose repetitions are written out."""
    if isinstance(value, list):
        return [unrolled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) != ["$repeat"]:
        return {name: unrolled(item) for name, item in value.items()}
    repeat = value["$repeat"]
    if "text" in repeat:
        return repeat["text"] * repeat["count"]
    start = repeat.get("start", 0)
    return [_numbered(repeat["item"], n) for n in range(start, start + repeat["count"])]


def _numbered(value: Any, n: int) -> Any:
    if isinstance(value, str):
        return value.replace("${n}", str(n)).replace("${n12}", f"{n:012}")
    if isinstance(value, list):
        return [_numbered(item, n) for item in value]
    if isinstance(value, dict):
        return {name: _numbered(item, n) for name, item in value.items()}
    return value


class Pattern:
    """What a vector leaves open: it equals every value that fits."""

    def __init__(self, form: dict[str, Any]) -> None:
        """Read `$any` or `$has`."""
        self._form = form

    def __repr__(self) -> str:
        """As the vector has it."""
        return repr(self._form)

    def __eq__(self, value: object) -> bool:
        """Whether the value fits."""
        if "$has" in self._form:
            return isinstance(value, str) and all(part in value for part in self._form["$has"])
        kind = self._form["$any"]
        if kind == "text":
            return isinstance(value, str) and value != ""
        if kind == "number":
            return isinstance(value, (int, float))
        return isinstance(value, datetime) if kind == "time" else kind == "value"

    __hash__ = None  # type: ignore[assignment]


def canonical(value: Any, name: str = "") -> Any:
    """A result in which times are instants and booleans are no numbers."""
    if isinstance(value, dict) and len(value) == 1 and value.keys() <= {"$any", "$has"}:
        return Pattern(value)
    if isinstance(value, dict):
        return {key: canonical(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, bool):
        return str(value)
    if name in TIMES and isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value


def check_request(expected: dict[str, Any], request: Any) -> None:
    """Compare a request with what a vector asks for."""
    target = urlsplit(request.target)
    assert request.method == expected["method"]
    assert target.path == expected["path"]
    query = parse_qsl(target.query, keep_blank_values=True, strict_parsing=bool(target.query))
    assert len(dict(query)) == len(query)
    assert dict(query) == expected.get("query", {})
    for name, value in expected["headers"].items():
        assert request.headers.get(name) == value
    if "body" in expected:
        assert canonical(json.loads(request.body)) == canonical(unrolled(expected["body"]))
    else:
        assert request.body == b""


def check_error(expected: dict[str, Any], kind: str, error: BaseException) -> None:
    """Compare an error with what a vector asks for."""
    assert kind == expected["kind"], f"{error!r}"
    if expected["kind"] == "api":
        assert error.status == expected["status"]  # type: ignore[attr-defined]
        assert error.message  # type: ignore[attr-defined]
    if "message" in expected:
        assert error.message == expected["message"]  # type: ignore[attr-defined]
    if "required" in expected:
        assert error.required == expected["required"]  # type: ignore[attr-defined]
    for part in expected.get("message_has", []):
        assert part in str(error)
    printed = everything(error)
    for part in expected.get("message_lacks", []):
        assert part not in printed


def everything(error: BaseException) -> str:
    """Every printed form of an error and of its causes."""
    forms = []
    current: BaseException | None = error
    while current is not None:
        forms += [str(current), repr(current), repr(current.args), repr(vars(current))]
        current = current.__cause__ or current.__context__
    # The lines of source in a traceback hold no values, but names that vectors look for.
    forms += traceback.format_exception_only(type(error), error)
    return "\n".join(forms)
