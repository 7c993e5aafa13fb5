"""What both clients are made of, whichever way they wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ._settings import Settings

S = TypeVar("S")


class Namespace(Generic[S]):
    """Operations that belong together."""

    def __init__(self, sender: S) -> None:
        """Call by way of sender."""
        self._sender = sender


class Client:
    """What clients tell of themselves."""

    _settings: Settings

    def __repr__(self) -> str:
        """Where the Controller is, and no token."""
        return f"{type(self).__name__}({self._settings!r})"
