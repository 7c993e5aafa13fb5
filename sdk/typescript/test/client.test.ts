import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { NetStacksAPIError, NetStacksClient, NetStacksConfigError, NetStacksTimeoutError } from "../src/index.js";
import { createAuthority } from "./certificates.js";
import { inspectWhole, withEnvironment } from "./contract.js";
import type { StubResponse } from "./format.js";
import { type Script, Stub } from "./stub.js";

const token = "token-of-the-test";
const empty: StubResponse = { status: 200, json: [] };
const credential = { id: "1", name: "n", credential_type: "ssh_password", username: "u", secret: "hidden", extra: 1 };

async function start(t: TestContext, script: Script, certificate?: { cert: string; key: string }): Promise<Stub> {
  const stub = await Stub.start(script, certificate);
  t.after(() => {
    stub.close();
  });
  return stub;
}

/** Waits until something holds. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, "it does not come true");
    await sleep(5);
  }
}

describe("secrets", () => {
  test("the token is in no printed form of a client", async (t) => {
    const stub = await start(t, () => empty);
    const client = new NetStacksClient({ baseUrl: stub.url, token });
    await client.devices.list();
    const printed = [inspectWhole(client), JSON.stringify(client), inspectWhole(client.devices)].join("\n");
    assert.ok(!printed.includes(token), printed);
  });

  test("the secret of a credential is told by secret alone", async (t) => {
    const stub = await start(t, () => ({ status: 200, json: credential }));
    const read = await new NetStacksClient({ baseUrl: stub.url, token }).credentials.get("1");
    assert.ok(read);
    assert.equal(read.secret, "hidden");
    assert.doesNotMatch(inspectWhole(read), /hidden/);
    assert.match(JSON.stringify(read), /"secret":"\*\*\*"/);
  });

  test("an answer that repeats the token is masked at any depth of its body", async (t) => {
    const error = { code: token, message: `not ${token}`, details: [{ [token]: token }, 1, null] };
    const stub = await start(t, () => ({ status: 400, json: { error } }));
    await assert.rejects(
      new NetStacksClient({ baseUrl: stub.url, token }).devices.list(),
      (thrown) =>
        thrown instanceof NetStacksAPIError &&
        thrown.message === "not ***" &&
        !inspectWhole(thrown).includes(token) &&
        JSON.stringify(thrown.body).includes('{"***":"***"}'),
    );
  });
});

describe("cancelling", () => {
  test("rejects with the signal's reason and closes the connection", async (t) => {
    const stub = await start(t, () => ({ fault: "hang" }));
    const client = new NetStacksClient({ baseUrl: stub.url, token, maxConnections: 1 });
    const cancel = new AbortController();
    const call = client.devices.list({ signal: cancel.signal });
    await until(() => stub.requests.length === 1);
    const reason = new Error("no longer needed");
    cancel.abort(reason);
    await assert.rejects(call, reason);
    await until(() => stub.sockets.size === 0);
  });

  test("gives the place to the next call, under TLS too", async (t) => {
    const authority = createAuthority("Test");
    const stub = await start(t, (index) => (index === 0 ? { fault: "hang" } : empty), authority.issue(["127.0.0.1"]));
    const client = withEnvironment(
      { NETSTACKS_CA_CERT: authority.cert },
      () => new NetStacksClient({ baseUrl: stub.url, token, maxConnections: 1 }),
    );
    t.after(() => {
      client.close();
    });
    const cancel = new AbortController();
    const first = client.devices.list({ signal: cancel.signal });
    await until(() => stub.requests.length === 1);
    const second = client.devices.list();
    cancel.abort();
    await assert.rejects(first, { name: "AbortError" });
    assert.deepEqual(await second, []);
  });

  test("takes a call out of the line", async (t) => {
    const stub = await start(t, () => ({ ...empty, delay_ms: 50 }));
    const client = new NetStacksClient({ baseUrl: stub.url, token, maxConnections: 1 });
    const cancel = new AbortController();
    const calls = [
      client.devices.list(),
      client.devices.list({ signal: cancel.signal }),
      client.devices.list({ signal: cancel.signal }),
      client.devices.list(),
    ];
    cancel.abort();
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected", "fulfilled"],
    );
    assert.equal(stub.requests.length, 2);
  });

  test("ends the wait before the next attempt", async (t) => {
    const stub = await start(t, () => ({ status: 503, headers: { "retry-after": "9" }, json: { error: "x" } }));
    const cancel = new AbortController();
    const call = new NetStacksClient({ baseUrl: stub.url, token }).devices.list({ signal: cancel.signal });
    await until(() => stub.requests.length === 1);
    await sleep(20);
    cancel.abort();
    await assert.rejects(call, { name: "AbortError" });
    assert.equal(stub.requests.length, 1);
  });

  test("before a call makes no request", async (t) => {
    const stub = await start(t, () => empty);
    const signal = AbortSignal.abort();
    const client = new NetStacksClient({ baseUrl: stub.url, token });
    await assert.rejects(client.devices.list({ signal }), { name: "AbortError" });
    await assert.rejects(client.llm.chat([], { signal }), { name: "AbortError" });
    assert.equal(stub.requests.length, 0);
  });
});

describe("connections", () => {
  for (const scheme of ["http", "https"]) {
    test(`are used again: ${scheme}`, async (t) => {
      const authority = createAuthority("Test");
      const stub = await start(t, () => empty, scheme === "https" ? authority.issue(["127.0.0.1"]) : undefined);
      const client = withEnvironment(
        { NETSTACKS_CA_CERT: authority.cert },
        () => new NetStacksClient({ baseUrl: stub.url, token, maxConnections: 1 }),
      );
      for (let call = 0; call < 5; call++) {
        await client.devices.list();
      }
      client.close();
      assert.equal(stub.connections, 1);
    });
  }

  test("are as many as maxConnections at most", async (t) => {
    const stub = await start(t, () => ({ ...empty, delay_ms: 2 }));
    const client = new NetStacksClient({ baseUrl: stub.url, token, maxConnections: 3 });
    await Promise.all(Array.from({ length: 60 }, () => client.devices.list()));
    assert.equal(stub.connections, 3);
  });

  test("go to ports that fetch refuses, and past a proxy that Node.js was told to use", async () => {
    // 10080 is Amanda's, which browsers keep away from.
    const stub = await Stub.start(() => empty);
    const proxy = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://127.0.0.1:1" };
    const client = withEnvironment(proxy, () => new NetStacksClient({ baseUrl: stub.url, token }));
    assert.deepEqual(await client.devices.list(), []);
    client.close();
    stub.close();
    const refused = new NetStacksClient({ baseUrl: "http://127.0.0.1:10080", token });
    await assert.rejects(refused.devices.list(), /ECONNREFUSED/);
    refused.close();
  });

  test("that idle are closed after some seconds, under TLS too", { timeout: 15_000 }, async (t) => {
    const authority = createAuthority("Test");
    const stub = await start(t, () => empty, authority.issue(["127.0.0.1"]));
    const client = withEnvironment(
      { NETSTACKS_CA_CERT: authority.cert },
      () => new NetStacksClient({ baseUrl: stub.url, token }),
    );
    await client.devices.list();
    const [socket] = stub.sockets;
    assert.ok(socket);
    await once(socket, "close");
  });
});

describe("options", () => {
  test("a time-out of one call wins over the client's", async (t) => {
    const stub = await start(t, () => ({ fault: "hang" }));
    const client = new NetStacksClient({ baseUrl: stub.url, token });
    await assert.rejects(client.devices.list({ timeout: 30 }), NetStacksTimeoutError);
    await assert.rejects(client.agents.trigger("a", { timeout: 30 }), /within 30 ms/);
  });

  test("an endless time-out is one", async (t) => {
    const stub = await start(t, () => ({ ...empty, delay_ms: 20 }));
    const client = new NetStacksClient({ baseUrl: stub.url, token, timeout: Infinity });
    assert.deepEqual(await client.devices.list(), []);
  });

  test("a device type goes with other filters in either form", async (t) => {
    const stub = await start(t, () => empty);
    const client = new NetStacksClient({ baseUrl: stub.url, token });
    await client.devices.list("switch", { limit: 5 });
    await client.devices.list({ deviceType: "switch", limit: 5 });
    for await (const device of client.devices.all("switch", { pageSize: 5 })) {
      assert.fail(device.id);
    }
    assert.deepEqual(
      stub.requests.map(({ query }) => query["device_type"]),
      ["switch", "switch", "switch"],
    );
  });

  test("a model goes with other options in either form", async (t) => {
    const stub = await start(t, () => ({ status: 200, json: { content: "" } }));
    const client = new NetStacksClient({ baseUrl: stub.url, token });
    await client.llm.chat([], "m", { temperature: 0 });
    await client.llm.chat([], { model: "m", temperature: 0 });
    const bodies = stub.requests.map(({ body }) => JSON.parse(body) as unknown);
    assert.deepEqual(bodies, Array(2).fill({ messages: [], model: "m", temperature: 0 }));
  });

  const refused: [string, object][] = [
    ["a time-out of 0", { timeout: 0 }],
    ["a time-out that is no number", { timeout: NaN }],
    ["no connections", { maxConnections: 0 }],
    ["half a connection", { maxConnections: 1.5 }],
    ["an address with a password", { baseUrl: "http://user:pass@controller" }],
    ["an address with a query", { baseUrl: "http://controller/?a=b" }],
    ["an address with a bad port", { baseUrl: "http://controller:99999" }],
  ];
  for (const [name, options] of refused) {
    test(`${name} is refused`, () => {
      assert.throws(
        () => new NetStacksClient({ baseUrl: "http://controller", token, ...options }),
        (error) => error instanceof NetStacksConfigError && !error.message.includes("pass@"),
      );
    });
  }

  test("arguments that JSON does not know are refused", async () => {
    const client = new NetStacksClient({ baseUrl: "http://controller", token });
    const refuses = { kind: "invalid_argument" };
    await assert.rejects(client.agents.trigger("a", { context: { big: 1n } }), refuses);
    await assert.rejects(client.devices.get("\ud800"), refuses);
  });
});

test("the roots of the system are trusted", async (t) => {
  const authority = createAuthority("Root of the system");
  const stub = await start(t, () => empty, authority.issue(["127.0.0.1"]));
  const folder = mkdtempSync(join(tmpdir(), "netstacks-sdk-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "roots.pem");
  writeFileSync(file, authority.cert);
  const said = await inProcess(
    `new NetStacksClient({ baseUrl: ${JSON.stringify(stub.url)}, token: "t" }).devices.list().then(console.log);`,
    { SSL_CERT_FILE: file },
  );
  assert.deepEqual(said, { stdout: "[]\n", stderr: "" });
});

test("NETSTACKS_TLS_VERIFY=false says so on standard error once for each process", async () => {
  const { stderr } = await inProcess(
    `for (const port of [1, 2, 3]) new NetStacksClient({ baseUrl: "https://127.0.0.1:" + port, token: "t" });`,
    { NETSTACKS_TLS_VERIFY: "Off" },
  );
  assert.equal(stderr, "NETSTACKS_TLS_VERIFY=off: the Controller's certificate is not checked\n");
});

/** Runs a script in a process of its own. */
async function inProcess(script: string, env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  const library = JSON.stringify(join(__dirname, "../src/index.js"));
  const source = `const { NetStacksClient } = require(${library}); ${script}`;
  return promisify(execFile)(process.execPath, ["-e", source], { env: { ...process.env, ...env } });
}
