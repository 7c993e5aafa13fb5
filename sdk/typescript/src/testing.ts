/**
 * Fakes for the unit tests of plugins: a Controller in memory, and a real client of it. Requests are
 * encoded, answers are decoded and errors are made as with a real Controller; only the network is missing.
 *
 * @packageDocumentation
 */
import { NetStacksClient } from "./client.js";
import { isRow } from "./decode.js";
import type {
  AgentRun,
  ApiResource,
  ChatMessage,
  ChatResponse,
  Credential,
  Device,
  GnmiResponse,
  KnowledgeResult,
  NetconfResponse,
  NewKnowledgeDocument,
} from "./models.js";
import type { FetchInit, FetchLike, FetchResponse } from "./transport.js";

/** The operations of the internal API. */
export type Operation =
  | "devices.list"
  | "devices.get"
  | "credentials.get"
  | "llm.chat"
  | "knowledge.search"
  | "knowledge.create_document"
  | "gnmi.execute"
  | "netconf.execute"
  | "agents.trigger"
  | "api_resources.list";

/** A request that a {@link FakeController} got. */
export interface FakeRequest {
  readonly operation: Operation;
  /** The id at the end of the path, decoded. */
  readonly id: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  /** The value of the JSON that was sent, with the names of the wire. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** An error that a {@link FakeController} answers. */
export interface FakeFailure {
  status: number;
  /** What it says; a text of its own when not given. */
  error?: string;
  /** The capability that a 403 names. */
  required?: string;
}

/** What a {@link FakeController} has and does. */
export interface FakeControllerOptions {
  devices?: readonly Device[];
  credentials?: readonly Credential[];
  documents?: readonly NewKnowledgeDocument[];
  apiResources?: readonly ApiResource[];
  /** The ids of the agents; every agent exists when not given. */
  agents?: readonly string[];
  /** Answers `llm.chat`; repeats the last message when not given. */
  chat?: (messages: readonly ChatMessage[], request: FakeRequest) => string | ChatResponse;
  /** Answers `gnmi.execute`; has no notifications when not given. */
  gnmi?: (request: FakeRequest) => GnmiResponse["notifications"];
  /** Answers `netconf.execute`; an empty `data` when not given. */
  netconf?: (request: FakeRequest) => Pick<NetconfResponse, "ok" | "data">;
}

interface Reply {
  status: number;
  json: unknown;
}

/** An answer to a request. */
type Handler = (request: FakeRequest) => Reply;

/** The base URL of fakes. No name below `.invalid` exists. */
const fakeUrl = "http://controller.invalid";
const now = "2026-06-01T12:00:00Z";

/**
 * A Controller in memory.
 *
 * @example
 * ```ts
 * const controller = new FakeController({ devices: [fakeDevice({ name: "core-1" })] });
 * const devices = await controller.client().devices.list();
 * controller.fail("llm.chat", { status: 502, error: "the language model is away" });
 * ```
 */
export class FakeController {
  /** Its inventory, which tests may change. */
  readonly devices: Device[];
  /** Its credentials, which tests may change. */
  readonly credentials: Credential[];
  /** Its knowledge base; documents that a plugin creates come to it. */
  readonly documents: NewKnowledgeDocument[];
  /** Its API resources, which tests may change. */
  readonly apiResources: ApiResource[];
  /** What it was asked, oldest first. */
  readonly requests: FakeRequest[] = [];
  /** Takes the place of `fetch`; {@link client} uses it. */
  readonly fetch: FetchLike;

  readonly #options: FakeControllerOptions;
  readonly #failures = new Map<Operation, FakeFailure[]>();

  constructor(options: FakeControllerOptions = {}) {
    this.#options = options;
    this.devices = [...(options.devices ?? [])];
    this.credentials = [...(options.credentials ?? [])];
    this.documents = [...(options.documents ?? [])];
    this.apiResources = [...(options.apiResources ?? [])];
    this.fetch = (url, init) => this.#respond(url, init);
  }

  /** A client of it. */
  client(): NetStacksClient {
    return new NetStacksClient({ baseUrl: fakeUrl, token: "fake-token", fetch: this.fetch });
  }

  /**
   * Lets the next requests of an operation fail. GETs are tried again after 429, 502, 503 and 504, so
   * that three failures in a row are needed for an error of theirs; there is no wait in between.
   */
  fail(operation: Operation, failure: FakeFailure, times = 1): void {
    const waiting = this.#failures.get(operation) ?? [];
    this.#failures.set(operation, [...waiting, ...Array.from({ length: times }, () => failure)]);
  }

  async #respond(url: string, init: FetchInit): Promise<FetchResponse> {
    await Promise.resolve();
    init.signal.throwIfAborted();
    const request = read(url, init);
    this.requests.push(request);
    const failure = this.#failures.get(request.operation)?.shift();
    const { status, json } = failure === undefined ? this.#handlers[request.operation](request) : failed(failure);
    return {
      status,
      headers: { get: (name) => (name.toLowerCase() === "retry-after" ? "0" : null) },
      text: () => Promise.resolve(JSON.stringify(json)),
    };
  }

  readonly #handlers: Record<Operation, Handler> = {
    "devices.list": ({ query }) => {
      const matching = this.devices.filter(
        (device) =>
          (query["device_type"] ?? device.device_type) === device.device_type &&
          (query["org_id"] ?? device.org_id) === device.org_id,
      );
      const offset = Number(query["offset"] ?? 0);
      return ok(matching.slice(offset, offset + Number(query["limit"] ?? matching.length)));
    },
    "devices.get": ({ id }) => found(this.devices.find((device) => device.id === id)),
    "credentials.get": ({ id }) => {
      const credential = this.credentials.find((candidate) => candidate.id === id);
      return found(credential && { ...credential, secret: credential.secret });
    },
    "llm.chat": (request) => {
      const messages = request.body["messages"] as readonly ChatMessage[];
      const answer = this.#options.chat?.(messages, request) ?? messages.at(-1)?.content ?? "";
      const model = request.body["model"] ?? "fake-model";
      return ok(typeof answer === "string" ? { content: answer, model, finish_reason: "stop", usage: null } : answer);
    },
    "knowledge.search": ({ query }) => {
      const words = (query["q"] ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      const results = this.documents
        .map((document, index) => passage(document, index, words))
        .filter((result) => (result.score ?? 0) > 0)
        .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
      return ok(results.slice(0, Number(query["limit"] ?? 10)));
    },
    "knowledge.create_document": ({ body }) => {
      const { org_id: orgId, ...rest } = body as unknown as NewKnowledgeDocument & { org_id?: string };
      const count = this.documents.push({ ...rest, ...(orgId !== undefined && { orgId }) });
      return ok({ id: `document-${String(count)}`, title: rest.title, chunks: 1, created_at: now }, 201);
    },
    "gnmi.execute": (request) =>
      this.#ofDevice(request, () => ({ timestamp: now, notifications: this.#options.gnmi?.(request) ?? [] })),
    "netconf.execute": (request) =>
      this.#ofDevice(request, () => this.#options.netconf?.(request) ?? { ok: true, data: "<data/>" }),
    "agents.trigger": ({ body }) => {
      const id = body["agent_id"] as string;
      const run: AgentRun = { run_id: `run-${String(this.requests.length)}`, agent_id: id, status: "queued" };
      return (this.#options.agents ?? [id]).includes(id) ? ok(run, 202) : missing("agent_id: no agent has this id");
    },
    "api_resources.list": () => ok(this.apiResources),
  };

  #ofDevice({ body }: FakeRequest, answer: () => object): Reply {
    const { device_id, operation } = body;
    return this.devices.some((device) => device.id === device_id)
      ? ok({ device_id, operation, ...answer() })
      : missing("device_id: no device has this id");
  }
}

let made = 0;

/** A device with the given fields, and with values of its own in the others. */
export function fakeDevice(fields: Partial<Device> = {}): Device {
  const number = ++made;
  return {
    id: fakeId(number),
    org_id: null,
    name: `device-${String(number)}`,
    hostname: `device-${String(number)}.example`,
    port: 22,
    device_type: "router",
    manufacturer: null,
    model: null,
    platform: null,
    site: null,
    source: "manual",
    default_credential_id: null,
    created_at: now,
    updated_at: now,
    ...fields,
  };
}

/** A credential with the given fields, and with values of its own in the others. */
export function fakeCredential(fields: Partial<Credential> = {}): Credential {
  const number = ++made;
  return {
    id: fakeId(number),
    name: `credential-${String(number)}`,
    credential_type: "ssh_password",
    username: "netops",
    secret: "fake-secret",
    created_at: now,
    ...fields,
  };
}

function fakeId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

const paths: readonly [string, RegExp, Operation][] = [
  ["GET", /^\/devices$/, "devices.list"],
  ["GET", /^\/devices\/([^/]+)$/, "devices.get"],
  ["GET", /^\/credentials\/([^/]+)$/, "credentials.get"],
  ["POST", /^\/llm\/chat$/, "llm.chat"],
  ["GET", /^\/knowledge\/search$/, "knowledge.search"],
  ["POST", /^\/knowledge\/documents$/, "knowledge.create_document"],
  ["POST", /^\/gnmi\/execute$/, "gnmi.execute"],
  ["POST", /^\/netconf\/execute$/, "netconf.execute"],
  ["POST", /^\/agents\/trigger$/, "agents.trigger"],
  ["GET", /^\/api-resources$/, "api_resources.list"],
];

function read(url: string, init: FetchInit): FakeRequest {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.slice(pathname.indexOf("/internal/v1") + "/internal/v1".length);
  const [, pattern, operation] = paths.find(([method, form]) => method === init.method && form.test(path)) ?? [];
  if (pattern === undefined || operation === undefined) {
    throw new Error(`a FakeController has no ${init.method} ${path}`);
  }
  const id = pattern.exec(path)?.[1];
  const body: unknown = JSON.parse(init.body ?? "{}");
  return {
    operation,
    id: id === undefined ? undefined : decodeURIComponent(id),
    query: Object.fromEntries(searchParams),
    body: isRow(body) ? body : {},
  };
}

function passage(document: NewKnowledgeDocument, index: number, words: readonly string[]): KnowledgeResult {
  const text = `${document.title} ${document.content}`.toLowerCase();
  return {
    id: `document-${String(index + 1)}`,
    title: document.title,
    snippet: document.content.slice(0, 200),
    score: words.filter((word) => text.includes(word)).length / Math.max(words.length, 1),
    source: document.source ?? null,
    url: document.url ?? null,
  };
}

function ok(json: unknown, status = 200): Reply {
  return { status, json };
}

function found(value: object | undefined): Reply {
  return value === undefined ? missing("no such resource") : ok(value);
}

function missing(error: string): Reply {
  return { status: 404, json: { error } };
}

function failed({ status, error = `a failure of the test: ${String(status)}`, required }: FakeFailure): Reply {
  return { status, json: { error, ...(required !== undefined && { required }) } };
}
