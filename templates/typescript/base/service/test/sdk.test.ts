import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import { inspect } from "node:util";

import { NetStacksAPIError, NetStacksError, NetStacksSDK } from "../src/sdk.ts";
import { createCertificate, json, startController } from "./controller.ts";

const token = "secret-token";
const router = {
  id: "1",
  name: "core",
  host: "10.0.0.1",
  device_type: "router",
  port: 22,
  color: "red",
};

const variables = [
  "CONTROLLER_API_URL",
  "NETSTACKS_SERVICE_TOKEN",
  "NETSTACKS_CA_CERT",
  "NETSTACKS_TLS_VERIFY",
];
const environment = { ...process.env };

function clearEnvironment(): void {
  for (const name of variables) {
    Reflect.deleteProperty(process.env, name);
  }
}

beforeEach(clearEnvironment);
afterEach(() => {
  clearEnvironment();
  Object.assign(process.env, environment);
});

suite("requests", () => {
  test("carry the token, the path and the query", async (t) => {
    const seen: IncomingMessage[] = [];
    process.env.CONTROLLER_API_URL = await startController(t, (req, res) => {
      seen.push(req);
      json(res, [router]);
    });
    process.env.NETSTACKS_SERVICE_TOKEN = token;
    const devices = await new NetStacksSDK().listDevices({
      orgId: "an org",
      limit: 5,
    });
    assert.equal(seen[0]?.url, "/internal/v1/devices?org_id=an+org&limit=5");
    assert.equal(seen[0].headers.authorization, `Bearer ${token}`);
    assert.equal(devices[0]?.hostname, "10.0.0.1");
    assert.equal(devices[0].manufacturer, null);
    assert.equal("color" in devices[0], false);
  });

  test("encode ids, and are not made for an empty one", async (t) => {
    const urls: (string | undefined)[] = [];
    const baseUrl = await startController(t, (req, res) => {
      urls.push(req.url);
      json(res, router);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    await sdk.getDevice("../a b/ü?");
    assert.deepEqual(urls, ["/internal/v1/devices/..%2Fa%20b%2F%C3%BC%3F"]);
    for (const id of ["", " \n", ".", ".."]) {
      await assert.rejects(sdk.getDevice(id), { kind: "invalid_argument" });
    }
    assert.equal(urls.length, 1);
  });

  test("of a chat carry its messages", async (t) => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    let sent = "";
    const baseUrl = await startController(t, (req, res) => {
      req.setEncoding("utf8").on("data", (chunk: string) => (sent += chunk));
      req.on("end", () => {
        json(res, { content: "hi", usage });
      });
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    const answer = await sdk.chat([{ role: "user", content: "ü" }], {
      maxTokens: 9,
    });
    assert.equal(
      sent,
      '{"messages":[{"role":"user","content":"ü"}],"max_tokens":9}',
    );
    assert.deepEqual(answer, {
      content: "hi",
      model: null,
      finish_reason: null,
      usage,
    });
  });
});

suite("answers", () => {
  for (const wrapped of [
    [router],
    { items: [router] },
    { data: [router] },
    { devices: [router] },
  ]) {
    test(`may list as ${JSON.stringify(wrapped).slice(0, 9)}…`, async (t) => {
      const baseUrl = await startController(t, (_req, res) => {
        json(res, wrapped);
      });
      const sdk = new NetStacksSDK({ baseUrl, token });
      assert.equal((await sdk.listDevices())[0]?.name, "core");
    });
  }

  test("keep a secret out of logs", async (t) => {
    const baseUrl = await startController(t, (_req, res) => {
      json(res, { ...router, credential_type: "ssh_key", secret: "hidden" });
    });
    const credential = await new NetStacksSDK({
      baseUrl,
      token,
    }).getCredential("1");
    assert.equal(credential?.secret, "hidden");
    assert.doesNotMatch(inspect(credential), /hidden/);
    assert.doesNotMatch(JSON.stringify(credential), /hidden/);
  });

  test("of 404 to one resource are undefined", async (t) => {
    const baseUrl = await startController(t, (_req, res) => {
      json(res, { error: "unknown" }, 404);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    assert.equal(await sdk.getDevice("1"), undefined);
    assert.equal(await sdk.getCredential("1"), undefined);
    await assert.rejects(sdk.listDevices(), NetStacksAPIError);
  });

  const errors: [number, unknown, RegExp][] = [
    [
      403,
      { error: "Insufficient capabilities", required: "read_devices" },
      /403: Insufficient capabilities \(add "read_devices"/,
    ],
    [400, { error: { code: "bad", message: "no such type" } }, /no such type/],
    [401, { error: `${token} has expired` }, /401: \*\*\* has expired$/],
    [500, "not an object", /500: Internal Server Error$/],
  ];
  for (const [status, body, message] of errors) {
    test(`of ${String(status)} say why`, async (t) => {
      const baseUrl = await startController(t, (_req, res) => {
        json(res, body, status);
      });
      await assert.rejects(
        new NetStacksSDK({ baseUrl, token }).listDevices(),
        (error) =>
          error instanceof NetStacksAPIError &&
          error.status === status &&
          message.test(error.message),
      );
    });
  }

  test("that break off are asked for again, as the date of Retry-After says", async (t) => {
    let asked = 0;
    const baseUrl = await startController(t, (_req, res) => {
      asked++;
      if (asked === 1) {
        res.writeHead(200, { "content-length": 9 }).flushHeaders();
        res.destroy();
      } else {
        const past = "Wed, 21 Oct 2015 07:28:00 GMT";
        json(res, [], asked === 2 ? 503 : 200, { "retry-after": past });
      }
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    assert.deepEqual(await sdk.listDevices(), []);
    assert.equal(asked, 3);
  });

  test("of other types are errors that do not quote them", async (t) => {
    let body: object = { ...router, port: "ssh-secret" };
    const baseUrl = await startController(t, (_req, res) => {
      json(res, body);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    const refused = {
      kind: "decode",
      message: "the answer's port cannot be read",
    };
    await assert.rejects(sdk.getDevice("1"), refused);
    body = { content: ["x"] };
    await assert.rejects(sdk.chat([]), { kind: "decode" });
  });

  test("that are no JSON, or no list, are errors", async (t) => {
    let body = "<html>";
    const baseUrl = await startController(t, (_req, res) => {
      res.end(body);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    await assert.rejects(sdk.listDevices(), /not JSON/);
    body = "{}";
    await assert.rejects(sdk.listDevices(), /not a list/);
    body = "[]";
    await assert.rejects(sdk.getDevice("1"), /not an object/);
  });
});

suite("what fails", () => {
  for (const status of [429, 502, 503, 504]) {
    test(`with ${String(status)} is asked twice more`, async (t) => {
      let asked = 0;
      const baseUrl = await startController(t, (_req, res) => {
        asked++;
        json(res, [], asked < 3 ? status : 200, { "retry-after": "0" });
      });
      const sdk = new NetStacksSDK({ baseUrl, token });
      assert.deepEqual(await sdk.listDevices(), []);
      assert.equal(asked, 3);
    });
  }

  test("is asked again when the connection breaks, three times at most", async (t) => {
    let asked = 0;
    const baseUrl = await startController(t, (req) => {
      asked++;
      req.socket.destroy();
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    await assert.rejects(sdk.listDevices(), { kind: "connection" });
    assert.equal(asked, 3);
  });

  test("is not sent again when it is a POST", async (t) => {
    let asked = 0;
    const baseUrl = await startController(t, (_req, res) => {
      asked++;
      json(res, { error: "busy" }, 503);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    await assert.rejects(sdk.chat([]), NetStacksAPIError);
    assert.equal(asked, 1);
  });

  test("for want of an answer ends in time", async (t) => {
    const baseUrl = await startController(t, () => {
      // Says nothing.
    });
    const sdk = new NetStacksSDK({ baseUrl, token, timeoutMilliseconds: 50 });
    await assert.rejects(
      sdk.listDevices(),
      /no answer of the Controller at .* within 0\.05 s/,
    );
  });

  test("for want of a Controller says where it should be", async () => {
    const sdk = new NetStacksSDK({ baseUrl: "http://127.0.0.1:1", token });
    await assert.rejects(
      sdk.chat([]),
      /at http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/,
    );
  });
});

suite("the environment", () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /CONTROLLER_API_URL is not set/],
    [{ CONTROLLER_API_URL: "controller:3000" }, /CONTROLLER_API_URL is not a/],
    [{ CONTROLLER_API_URL: "http://c" }, /NETSTACKS_SERVICE_TOKEN is not set/],
    [
      { CONTROLLER_API_URL: "http://c", NETSTACKS_SERVICE_TOKEN: "a\nb" },
      /NETSTACKS_SERVICE_TOKEN holds/,
    ],
    [
      {
        CONTROLLER_API_URL: "https://c",
        NETSTACKS_SERVICE_TOKEN: token,
        NETSTACKS_CA_CERT: "/no/such/file",
      },
      /NETSTACKS_CA_CERT is not a PEM file/,
    ],
  ];
  for (const [given, message] of cases) {
    test(`is complained about when it is used: ${String(message)}`, async () => {
      const sdk = new NetStacksSDK();
      Object.assign(process.env, given);
      await assert.rejects(
        sdk.listDevices(),
        (error) =>
          error instanceof NetStacksError && message.test(error.message),
      );
    });
  }

  test("is not shown by the client", async (t) => {
    const baseUrl = await startController(t, (_req, res) => {
      json(res, []);
    });
    const sdk = new NetStacksSDK({ baseUrl, token });
    await sdk.listDevices();
    assert.doesNotMatch(inspect(sdk, { depth: 9, showHidden: true }), /secret/);
  });
});

suite("TLS", () => {
  const certificate = createCertificate();

  test("refuses a certificate of an unknown CA and says what to set", async (t) => {
    let asked = 0;
    const baseUrl = await startController(t, () => asked++, certificate);
    const sdk = new NetStacksSDK({ baseUrl, token });
    await assert.rejects(
      sdk.listDevices(),
      /NETSTACKS_CA_CERT .* NETSTACKS_TLS_VERIFY=false/,
    );
    assert.equal(asked, 0);
  });

  test("trusts NETSTACKS_CA_CERT, a file or its text", async (t) => {
    const directory = mkdtempSync(join(tmpdir(), "sdk-"));
    t.after(() => {
      rmSync(directory, { recursive: true });
    });
    const file = join(directory, "ca.pem");
    writeFileSync(file, certificate.cert);
    const baseUrl = await startController(
      t,
      (_req, res) => {
        json(res, [router]);
      },
      certificate,
    );
    for (const ca of [file, certificate.cert]) {
      process.env.NETSTACKS_CA_CERT = ca;
      const sdk = new NetStacksSDK({ baseUrl, token });
      assert.equal((await sdk.listDevices()).length, 1);
      sdk.close();
    }
  });

  test("trusts everyone with NETSTACKS_TLS_VERIFY=false, and says so once", async (t) => {
    const said = t.mock.method(console, "error", () => undefined);
    process.env.NETSTACKS_TLS_VERIFY = "false";
    const baseUrl = await startController(
      t,
      (_req, res) => {
        json(res, []);
      },
      certificate,
    );
    for (const sdk of [1, 2].map(() => new NetStacksSDK({ baseUrl, token }))) {
      assert.deepEqual(await sdk.listDevices(), []);
    }
    assert.equal(said.mock.callCount(), 1);
  });
});
