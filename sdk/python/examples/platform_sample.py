import asyncio
from netstacks_sdk import NetStacksClient, ChatMessage

async def main():
    # Reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN from the environment
    async with NetStacksClient() as client:
        # Devices
        devices = await client.devices.list(device_type="switch")
        for d in devices:
            print(f"{d.name}: {d.hostname} ({d.device_type})")

        device = await client.devices.get("550e8400-e29b-41d4-a716-446655440000")

        # Credentials (decrypted, audit logged)
        cred = await client.credentials.get("660e8400-e29b-41d4-a716-446655440001")
        if cred:
            print(cred.username, cred.secret)

        # LLM
        resp = await client.llm.chat(
            [ChatMessage(role="user", content="Summarize this BGP config.")],
            model="claude-3-5-sonnet-20241022",
        )
        print(resp.content)

        # Knowledge base
        for r in await client.knowledge.search("firewall rules"):
            print(r.title, r.snippet)

asyncio.run(main())
