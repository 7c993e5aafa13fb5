"""The items, held in memory: they last as long as the process.

The plugin has no database. To keep items, set migrations_dir in manifest.json
and give this class a database behind the same methods.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from models import Item, ItemCreate, ItemUpdate


class ItemStore:
    """The items of every organisation. Each method sees those of one only."""

    def __init__(self) -> None:
        """Start with none."""
        self._items: dict[UUID, dict[UUID, Item]] = {}

    async def list_items(self, org: UUID, limit: int, offset: int) -> list[Item]:
        """Items of the organisation, newest first."""
        newest_first = list(reversed(self._of(org).values()))
        return newest_first[offset : offset + limit]

    async def get_item(self, org: UUID, item_id: UUID) -> Item | None:
        """The item, or None where the organisation has none of that id."""
        return self._of(org).get(item_id)

    async def create_item(self, org: UUID, body: ItemCreate) -> Item:
        """Store a new item."""
        now = datetime.now(UTC)
        item = Item(id=uuid4(), created_at=now, updated_at=now, **body.model_dump())
        self._items.setdefault(org, {})[item.id] = item
        return item

    async def update_item(
        self, org: UUID, item_id: UUID, body: ItemUpdate
    ) -> Item | None:
        """Change what the body names, or return None where there is no such item."""
        changes = body.model_dump(exclude_unset=True)
        for required in ("name", "enabled"):
            if changes.get(required) is None:
                changes.pop(required, None)
        return self._change(org, item_id, changes)

    async def toggle_item(self, org: UUID, item_id: UUID) -> Item | None:
        """Enable or disable the item, or return None where there is no such item."""
        item = self._of(org).get(item_id)
        return item and self._change(org, item_id, {"enabled": not item.enabled})

    async def enable_all_items(self, org: UUID) -> int:
        """Enable every item of the organisation and return how many were not."""
        disabled = [item.id for item in self._of(org).values() if not item.enabled]
        for item_id in disabled:
            self._change(org, item_id, {"enabled": True})
        return len(disabled)

    async def delete_item(self, org: UUID, item_id: UUID) -> bool:
        """Delete the item and return whether there was one."""
        return self._items.get(org, {}).pop(item_id, None) is not None

    def _of(self, org: UUID) -> dict[UUID, Item]:
        return self._items.get(org, {})

    def _change(
        self, org: UUID, item_id: UUID, changes: dict[str, object]
    ) -> Item | None:
        item = self._of(org).get(item_id)
        if item is None:
            return None
        changed = item.model_copy(update={**changes, "updated_at": datetime.now(UTC)})
        self._items[org][item_id] = changed
        return changed


store = ItemStore()
