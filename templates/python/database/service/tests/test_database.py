"""The store itself, with the database that DATABASE_URL names."""

import asyncio
from uuid import UUID

import pytest

from database import ItemStore, UnavailableError


@pytest.mark.usefixtures("database")
def test_a_lost_connection_is_said_and_replaced(org: str) -> None:
    async def lose_one() -> None:
        store = ItemStore()
        store.open()
        try:
            while not store.ready:  # noqa: ASYNC110 (as those who ask /health do)
                await asyncio.sleep(0.01)
            with pytest.raises(UnavailableError):
                await store._one("SELECT pg_terminate_backend(pg_backend_pid())")  # noqa: SLF001
            assert await store.list_items(UUID(org), limit=1, offset=0) == []
        finally:
            await store.close()

    asyncio.run(lose_one())
