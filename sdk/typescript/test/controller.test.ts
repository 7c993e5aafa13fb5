/**
 * Every operation against the local Controller, as `netstacks-plugin controller` serves it:
 * NETSTACKS_PLUGIN names the program.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";

import { type Device, NetStacksAPIError, NetStacksClient } from "../src/index.js";
import { withEnvironment } from "./contract.js";

const program = process.env["NETSTACKS_PLUGIN"];
const capabilities = [
  "read_devices",
  "read_credentials",
  "invoke_llm",
  "search_knowledge",
  "create_knowledge_document",
  "execute_gnmi",
  "execute_netconf",
  "trigger_agent",
  "read_api_resources",
];

describe("the local Controller", { skip: program === undefined && "NETSTACKS_PLUGIN names no program" }, () => {
  let controller: ChildProcess;
  let client: NetStacksClient;
  const deviceId = "550e8400-e29b-41d4-a716-446655440000";

  before(async () => {
    const started = await startController(program ?? "", capabilities);
    controller = started.process;
    client = withEnvironment(started.env, () => new NetStacksClient());
  });
  after(async () => {
    client.close();
    controller.kill("SIGINT");
    await once(controller, "exit");
  });

  test("lists devices", async () => {
    const all = await client.devices.list();
    assert.equal(all.length, 50);
    const routers = await client.devices.list("router");
    assert.ok(routers.length > 0 && routers.every((device) => device.device_type === "router"));
    assert.deepEqual(await client.devices.list({ limit: 3, offset: 5 }), all.slice(5, 8));
    const orgId = all[0]?.org_id ?? "";
    const ours = await client.devices.list({ orgId });
    assert.ok(ours.length < 50 && ours.every((device) => device.org_id === orgId));
  });

  test("pages through devices", async () => {
    const paged: Device[] = [];
    for await (const device of client.devices.all({ pageSize: 7 })) {
      paged.push(device);
    }
    assert.deepEqual(paged, await client.devices.list());
  });

  test("gets a device", async () => {
    assert.equal((await client.devices.get(deviceId))?.name, "core-router-1");
    assert.equal(await client.devices.get("a/b?c"), null);
  });

  test("gets a credential", async () => {
    const credential = await client.credentials.get("660e8400-e29b-41d4-a716-446655440001");
    assert.equal(credential?.username, "netops");
    assert.equal(credential.secret, "example-password-1");
    assert.equal(await client.credentials.get("unknown"), null);
  });

  test("chats", async () => {
    const answer = await client.llm.chat([{ role: "user", content: "Explain VLANs." }], "model-of-the-test");
    assert.equal(answer.model, "model-of-the-test");
    assert.ok(answer.content.length > 0 && (answer.usage?.total_tokens ?? 0) > 0);
  });

  test("finds a document that was just created", async () => {
    assert.ok((await client.knowledge.search("firewall rules")).length > 0);
    const title = "Zyzzyva procedure";
    const document = await client.knowledge.createDocument({
      title,
      content: "How a zyzzyva is drained.",
      source: "test",
    });
    assert.equal(document.title, title);
    assert.equal((await client.knowledge.search("zyzzyva", { limit: 1 }))[0]?.title, title);
  });

  test("executes gNMI operations", async () => {
    const path = "/system/config/hostname";
    const set = await client.gnmi.execute({ deviceId, operation: "set", updates: [{ path, value: "renamed" }] });
    assert.deepEqual(set.notifications, [{ path, value: "renamed" }]);
    const got = await client.gnmi.execute({ deviceId, operation: "get", paths: [path] });
    assert.deepEqual(got.notifications, [{ path, value: "renamed" }]);
    const { notifications } = await client.gnmi.execute({ deviceId, operation: "capabilities" });
    assert.equal(notifications[0]?.path, "/");
  });

  test("executes NETCONF operations", async () => {
    const answer = await client.netconf.execute({ deviceId, operation: "get-config" });
    assert.equal(answer.ok, true);
    assert.match(answer.data ?? "", /</);
  });

  test("triggers an agent", async () => {
    const run = await client.agents.trigger("bgp-triage", { prompt: "Why?", context: { alert_id: 17 } });
    assert.equal(run.agent_id, "bgp-triage");
    await assert.rejects(client.agents.trigger("nobody"), { status: 404 });
  });

  test("lists API resources", async () => {
    assert.ok((await client.apiResources.list()).every(({ base_url: url }) => url.startsWith("http")));
  });

  test("names the capability that a token lacks", async () => {
    const { process: other, env } = await startController(program ?? "", ["read_devices"]);
    const limited = withEnvironment(env, () => new NetStacksClient());
    await assert.rejects(
      limited.llm.chat([{ role: "user", content: "x" }]),
      (error) => error instanceof NetStacksAPIError && error.status === 403 && error.required === "invoke_llm",
    );
    limited.close();
    other.kill("SIGINT");
    await once(other, "exit");
  });
});

async function startController(
  file: string,
  granted: readonly string[],
): Promise<{ process: ChildProcess; env: Record<string, string> }> {
  const flags = granted.flatMap((capability) => ["--capability", capability]);
  const child = spawn(file, ["controller", "--listen", "127.0.0.1:0", "--json", ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const line of createInterface(child.stdout)) {
    return { process: child, env: JSON.parse(line) as Record<string, string> };
  }
  throw new Error(`${file} controller ended before it told its environment`);
}
