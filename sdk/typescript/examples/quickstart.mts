import { NetStacksClient, NetStacksAPIError } from "@netstacks/sdk";
import type { ChatMessage } from "@netstacks/sdk";
// Reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN from the environment
const client = new NetStacksClient();
try {
  // Devices
  const switches = await client.devices.list("switch");
  const device = await client.devices.get("550e8400-e29b-41d4-a716-446655440000");
  // Credentials
  const cred = await client.credentials.get("660e8400-e29b-41d4-a716-446655440001");
  if (cred) console.log(cred.username, cred.secret);
  // LLM
  const messages: ChatMessage[] = [{ role: "user", content: "Explain VLANs." }];
  const resp = await client.llm.chat(messages, "claude-3-5-sonnet-20241022");
  console.log(resp.content);
  // Knowledge base
  for (const r of await client.knowledge.search("firewall rules")) {
    console.log(r.title, r.snippet);
  }
} catch (err) {
  if (err instanceof NetStacksAPIError) {
    console.error(`API error ${err.status}: ${err.message}`, err.body);
  }
}
