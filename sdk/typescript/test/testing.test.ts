import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { NetStacksAPIError } from "../src/index.js";
import { FakeController, fakeCredential, fakeDevice } from "../src/testing.js";

describe("a fake Controller", () => {
  test("has the devices that it was given", async () => {
    const devices = [fakeDevice(), fakeDevice({ device_type: "switch" }), fakeDevice({ org_id: "acme" })];
    const client = new FakeController({ devices }).client();
    assert.deepEqual(await client.devices.list(), devices);
    assert.deepEqual(await client.devices.list("switch"), [devices[1]]);
    assert.deepEqual(await client.devices.list({ orgId: "acme" }), [devices[2]]);
    assert.deepEqual(await client.devices.list({ limit: 1, offset: 1 }), [devices[1]]);
    assert.deepEqual(await client.devices.get(devices[2]?.id ?? ""), devices[2]);
    assert.equal(await client.devices.get("a/b"), null);
    const all = [];
    for await (const device of client.devices.all({ pageSize: 2 })) {
      all.push(device);
    }
    assert.deepEqual(all, devices);
  });

  test("has the credentials that it was given, of whatever client", async () => {
    const controller = new FakeController({ credentials: [fakeCredential({ id: "c", secret: "s" })] });
    const read = await controller.client().credentials.get("c");
    assert.equal(read?.secret, "s");
    controller.credentials.push(read, fakeCredential({ id: "d" }));
    assert.equal((await controller.client().credentials.get("d"))?.username, "netops");
    assert.equal(await controller.client().credentials.get("e"), null);
  });

  test("chats as it was told", async () => {
    const messages = [{ role: "user" as const, content: "ping" }];
    assert.equal((await new FakeController().client().llm.chat(messages, "m")).content, "ping");
    const told = new FakeController({ chat: ([first]) => `${first?.content ?? ""} pong` });
    assert.equal((await told.client().llm.chat(messages)).content, "ping pong");
    const answer = { content: "x", model: null, finish_reason: "length", usage: null };
    assert.deepEqual(await new FakeController({ chat: () => answer }).client().llm.chat([]), answer);
  });

  test("finds the documents that were created", async () => {
    const controller = new FakeController({ documents: [{ title: "VLANs", content: "They divide a switch." }] });
    const client = controller.client();
    const created = await client.knowledge.createDocument({ title: "Trunks", content: "VLANs together", orgId: "o" });
    assert.equal(created.id, "document-2");
    assert.equal(controller.documents[1]?.orgId, "o");
    const titles = (await client.knowledge.search("trunks of VLANs")).map(({ title }) => title);
    assert.deepEqual(titles, ["Trunks", "VLANs"]);
    assert.equal((await client.knowledge.search("VLANs", { limit: 1 })).length, 1);
  });

  test("answers for devices that exist", async () => {
    const controller = new FakeController({
      devices: [fakeDevice({ id: "d" })],
      gnmi: ({ body }) => (body["paths"] as string[]).map((path) => ({ path, value: 1 })),
      netconf: () => ({ ok: false, data: "<rpc-error/>" }),
    });
    const client = controller.client();
    const got = await client.gnmi.execute({ deviceId: "d", operation: "get", paths: ["/a"] });
    assert.deepEqual(got.notifications, [{ path: "/a", value: 1 }]);
    assert.equal((await client.netconf.execute({ deviceId: "d", operation: "get" })).ok, false);
    await assert.rejects(client.gnmi.execute({ deviceId: "x", operation: "capabilities" }), { status: 404 });
    const plain = new FakeController({ devices: [fakeDevice({ id: "d" })] }).client();
    assert.equal((await plain.netconf.execute({ deviceId: "d", operation: "get" })).data, "<data/>");
    assert.deepEqual((await plain.gnmi.execute({ deviceId: "d", operation: "capabilities" })).notifications, []);
  });

  test("has agents and API resources", async () => {
    const resource = { id: "r", name: "NetBox", base_url: "https://netbox", auth_type: null, created_at: null };
    const client = new FakeController({ agents: ["a"], apiResources: [resource] }).client();
    assert.equal((await client.agents.trigger("a")).status, "queued");
    await assert.rejects(client.agents.trigger("b"), { status: 404 });
    assert.deepEqual(await client.apiResources.list(), [resource]);
    assert.equal((await new FakeController().client().agents.trigger("b")).agent_id, "b");
  });

  test("fails as it was told, and tells what it was asked", async () => {
    const controller = new FakeController();
    const client = controller.client();
    controller.fail("devices.list", { status: 403, error: "Insufficient capabilities", required: "read_devices" });
    await assert.rejects(client.devices.list(), { status: 403, required: "read_devices" });
    controller.fail("devices.list", { status: 503 }, 2);
    assert.deepEqual(await client.devices.list(), []);
    controller.fail("devices.list", { status: 503 }, 3);
    await assert.rejects(client.devices.list(), NetStacksAPIError);
    assert.equal(controller.requests.length, 7);
    await assert.rejects(client.devices.list({ signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  test("has nothing beyond the internal API", async () => {
    const { fetch } = new FakeController();
    const init = {
      method: "GET" as const,
      headers: {},
      redirect: "manual" as const,
      signal: new AbortController().signal,
    };
    await assert.rejects(fetch("http://controller.invalid/internal/v1/other", init), /has no GET \/other/);
  });
});
