/** Runs the vectors of the contract against a library. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";

import { createAuthority } from "./certificates.js";
import {
  type ControllerVector,
  type Expectation,
  type ExpectedError,
  readControllerVectors,
  readVectors,
  type Step,
  type Vector,
} from "./format.js";
import { settled } from "./patterns.js";
import { type Seen, Stub } from "./stub.js";

/** How a client is made. */
export interface Given {
  baseUrl?: string;
  token?: string;
  timeout?: number;
}

/** A failure, in the contract's terms. */
export interface Failure {
  kind: string;
  status?: number;
  message?: string;
  required?: string | null;
}

/** A library under test. */
export interface Library {
  /** Prepares it, before the first test. */
  ready?(): Promise<void>;
  /** Whether it has the operation. */
  has(operation: string): boolean;
  /** Makes a client and one call; reads the environment before it returns. */
  call(given: Given, operation: string, args: Record<string, unknown>): Promise<unknown>;
  failure(error: unknown): Failure;
}

const variables = [
  "CONTROLLER_API_URL",
  "NETSTACKS_SERVICE_TOKEN",
  "NETSTACKS_CA_CERT",
  "NETSTACKS_TLS_VERIFY",
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
];

/** Replaces the variables that clients read while a synchronous function runs. */
export function withEnvironment<T>(env: Record<string, string>, run: () => T): T {
  const saved = { ...process.env };
  for (const name of variables) {
    Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, env);
  try {
    return run();
  } finally {
    for (const name of [...variables, ...Object.keys(env)]) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, saved);
  }
}

/** Declares one test for each vector that a stub answers. */
export function testContract(library: Library): void {
  const tls = tlsFiles();
  before(() => library.ready?.());
  for (const [topic, vectors] of readVectors()) {
    describe(topic, { concurrency: 8 }, () => {
      for (const vector of vectors) {
        if (library.has(vector.call.operation)) {
          test(vector.name, () => check(library, vector, tls));
        }
      }
    });
  }
}

/** What the environment of the tests says of a Controller that runs. */
const controller = Object.fromEntries(
  variables.slice(0, 4).flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Declares one test for each vector that the local Controller answers, if one runs (controller/live). */
export function testAgainstController(library: Library): void {
  const missing = "CONTROLLER_API_URL is not set: run the tests with controller/live";
  const skip = controller["CONTROLLER_API_URL"] === undefined && (process.env["CI"] ?? "") === "" && missing;
  before(() => library.ready?.());
  describe("against the local Controller", { concurrency: 8, skip }, () => {
    for (const vector of readControllerVectors()) {
      const calls = [...(vector.before ?? []), vector.call];
      if (calls.every(({ operation }) => library.has(operation))) {
        test(vector.name, async () => {
          assert.ok(controller["CONTROLLER_API_URL"], missing);
          await checkAgainstController(library, vector);
        });
      }
    }
  });
}

async function checkAgainstController(library: Library, vector: ControllerVector): Promise<void> {
  const powerless = process.env["NETSTACKS_POWERLESS_TOKEN"] ?? "";
  const given = vector.client && { token: vector.client.token.replaceAll("${POWERLESS}", powerless) };
  const made = ({ operation, args }: ControllerVector["call"]) =>
    withEnvironment(controller, () => library.call({ ...given }, operation, args));
  for (const call of vector.before ?? []) {
    await made(call);
  }
  compare(library, vector, await outcomeOf(made(vector.call)));
}

type Outcome = { result: unknown } | { error: unknown };

function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  return call.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}

async function check(library: Library, vector: Vector, tls: TLSFiles): Promise<void> {
  const certificate = vector.tls && tls.server(vector.tls.server);
  const stub = await Stub.start((index) => vector.exchange[index]?.response, certificate);
  try {
    const { given, env } = conditions(vector, stub.url, tls);
    const started = performance.now();
    const outcome = await withEnvironment(env, () =>
      outcomeOf(library.call(given, vector.call.operation, vector.call.args)),
    );
    const took = performance.now() - started;
    compare(library, vector, outcome);
    assert.equal(stub.requests.length, vector.exchange.length, "requests");
    vector.exchange.forEach((step, index) => {
      compareRequest(step, stub.requests[index]);
    });
    if (vector.wait_ms !== undefined) {
      assert.ok(took >= vector.wait_ms.min - 5, `took ${String(took)} ms`);
      assert.ok(took <= vector.wait_ms.max, `took ${String(took)} ms`);
    }
  } finally {
    stub.close();
  }
}

function conditions(vector: Vector, url: string, tls: TLSFiles): { given: Given; env: Record<string, string> } {
  const client = vector.client ?? {};
  const filled = (text: string) => text.replaceAll("${STUB}", url);
  const env = Object.fromEntries(Object.entries(client.env ?? {}).map(([name, value]) => [name, filled(value)]));
  // A proxy alone says nothing of where the Controller is.
  const fallback: Given = client.env === undefined ? { baseUrl: url, token: "test-token" } : {};
  return {
    given: {
      ...fallback,
      ...(client.base_url !== undefined && { baseUrl: filled(client.base_url) }),
      ...(client.token !== undefined && { token: client.token }),
      ...(client.timeout_ms !== undefined && { timeout: client.timeout_ms }),
    },
    env: { ...env, ...(vector.tls && tls.trust(vector.tls.trust)) },
  };
}

function compare(library: Library, vector: Expectation, outcome: Outcome): void {
  if (vector.error === undefined) {
    if ("error" in outcome) {
      throw outcome.error;
    }
    assert.deepEqual(instants(outcome.result), instants(settled(vector.result, outcome.result)));
    return;
  }
  assert.ok("error" in outcome, `returned ${inspect(outcome)} where ${vector.error.kind} is expected`);
  compareError(library, vector.error, outcome.error);
}

function compareError(library: Library, expected: ExpectedError, error: unknown): void {
  assert.ok(error instanceof Error);
  const failure = library.failure(error);
  assert.equal(failure.kind, expected.kind, inspect(error));
  if (expected.status !== undefined) {
    assert.equal(failure.status, expected.status);
  }
  if (expected.message !== undefined) {
    assert.equal(failure.message, expected.message);
  }
  if (expected.required !== undefined) {
    assert.equal(failure.required ?? null, expected.required);
  }
  assert.notEqual(error.message, "");
  for (const part of expected.message_has ?? []) {
    assert.ok(error.message.includes(part), `${error.message} lacks ${part}`);
  }
  const printed = [error.message, String(error), error.stack, JSON.stringify(error), inspectWhole(error)].join("\n");
  for (const part of expected.message_lacks ?? []) {
    assert.ok(!printed.includes(part), `${printed} tells ${part}`);
  }
}

/** The longest form in which Node.js prints a value. */
export function inspectWhole(value: unknown): string {
  return inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null });
}

function compareRequest(step: Step, seen: Seen | undefined): void {
  assert.ok(seen);
  assert.equal(`${seen.method} ${seen.path}`, `${step.request.method} ${step.request.path}`);
  assert.deepEqual(seen.query, step.request.query ?? {});
  for (const [name, value] of Object.entries(step.request.headers)) {
    assert.equal(seen.headers[name], value, name);
  }
  if ("body" in step.request) {
    assert.deepEqual(JSON.parse(seen.body), step.request.body);
  } else {
    assert.equal(seen.body, "");
  }
}

/** The same value with times as numbers. */
function instants(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => instants(element));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, instants(inner, name)]));
  }
  return typeof value === "string" && /^(created_at|updated_at|timestamp)$/.test(field) ? Date.parse(value) : value;
}

interface TLSFiles {
  server(kind: string): { cert: string; key: string };
  trust(kind: string): Record<string, string>;
}

function tlsFiles(): TLSFiles {
  const folder = mkdtempSync(join(tmpdir(), "netstacks-sdk-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const authority = createAuthority("Test authority");
  const local = ["127.0.0.1", "localhost"];
  const servers: Record<string, { cert: string; key: string }> = {
    "self-signed": authority.issue(local),
    "wrong-host": authority.issue(["other.example"]),
    expired: authority.issue(local, new Date(Date.now() - 86_400_000)),
  };
  const trusts: Record<string, Record<string, string>> = {
    none: {},
    "ca-file": { NETSTACKS_CA_CERT: file("ca.pem", authority.cert) },
    "other-ca-file": { NETSTACKS_CA_CERT: file("other.pem", createAuthority("Another").cert) },
    "missing-file": { NETSTACKS_CA_CERT: join(folder, "missing.pem") },
    "not-a-certificate": { NETSTACKS_CA_CERT: file("text.pem", "no certificate\n") },
    "verify-off": { NETSTACKS_TLS_VERIFY: "false" },
    "verify-true": { NETSTACKS_TLS_VERIFY: "true" },
    "verify-unknown": { NETSTACKS_TLS_VERIFY: "maybe" },
  };
  const known = <T>(table: Record<string, T>, kind: string): T => {
    const value = table[kind];
    assert.ok(value !== undefined, `${kind} is not known`);
    return value;
  };
  return { server: (kind) => known(servers, kind), trust: (kind) => known(trusts, kind) };
}
