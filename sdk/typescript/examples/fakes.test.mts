/**
 * Tests a function of a plugin without a Controller.
 *
 *     node --import tsx --test examples/fakes.test.mts
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { NetStacksClient } from "@netstacks/sdk";
import { FakeController, fakeDevice } from "@netstacks/sdk/testing";

/** What a plugin might do. */
async function summary(client: NetStacksClient, site: string): Promise<string> {
  const devices = await client.devices.list();
  const names = devices.filter((device) => device.site === site).map(({ name }) => name);
  const { content } = await client.llm.chat([{ role: "user", content: `Describe ${names.join(", ")}.` }]);
  return content;
}

test("the summary of a site names its devices alone", async () => {
  const controller = new FakeController({
    devices: [fakeDevice({ name: "core-1", site: "Helsinki" }), fakeDevice({ name: "edge-1", site: "Oulu" })],
    chat: ([question]) => `You asked: ${question?.content ?? ""}`,
  });
  assert.equal(await summary(controller.client(), "Helsinki"), "You asked: Describe core-1.");
});

test("a missing capability reaches the caller", async () => {
  const controller = new FakeController();
  controller.fail("llm.chat", { status: 403, error: "Insufficient capabilities", required: "invoke_llm" });
  await assert.rejects(summary(controller.client(), "Helsinki"), { status: 403, required: "invoke_llm" });
});
