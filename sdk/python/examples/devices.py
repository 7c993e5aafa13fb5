"""Prints the inventory, page by page, and what the Controller refuses.

The environment says where the Controller is; `netstacks-plugin controller token` prints it.
"""

import asyncio

from netstacks_sdk import NetStacksAPIError, NetStacksClient


async def main() -> None:
    """Print a line for each device."""
    async with NetStacksClient() as client:
        try:
            async for device in client.devices.all():
                print(f"{device.name}: {device.hostname} ({device.device_type})")
        except NetStacksAPIError as error:
            print(f"refused with {error.status}: {error.message}")


asyncio.run(main())
