"""Which page comes next and when it was the last one, without I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _operations
from ._errors import NetStacksInvalidArgumentError

if TYPE_CHECKING:
    from ._models import Device

PAGE_SIZE = 100
LARGEST_PAGE = 1000


class DevicePages:
    """The inventory, page by page. A client asks for `next_page` and hands it to `take`."""

    def __init__(self, device_type: str | None, org_id: str | None, page_size: int) -> None:
        """Begin at the first device."""
        if not 1 <= page_size <= LARGEST_PAGE:
            raise NetStacksInvalidArgumentError(
                f"page_size is {page_size}: give 1 to {LARGEST_PAGE} devices"
            )
        self.more = True
        """Whether there may be another page."""
        self._device_type = device_type
        self._org_id = org_id
        self._size = page_size
        self._offset = 0
        self._first: str | None = None

    def next_page(self) -> _operations.Operation[list[Device]]:
        """The request of the next page."""
        return _operations.list_devices(
            self._device_type, self._org_id, limit=self._size, offset=self._offset
        )

    def take(self, page: list[Device]) -> list[Device]:
        """The devices of the page that were not there before.

        A longer page than asked for holds everything, for that Controller does not page; one
        that begins like the page before is that page, for that Controller ignores `offset`.
        """
        self.more = len(page) == self._size
        first = page[0].id if page else None
        if first is not None and first == self._first:
            self.more = False
            return []
        self._first = first
        self._offset += self._size
        return page
