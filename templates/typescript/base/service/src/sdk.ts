/**
 * A self-contained client of the Controller's internal API, /internal/v1.
 *
 *     const sdk = new NetStacksSDK();
 *     for (const device of await sdk.listDevices({ deviceType: "router" })) {
 *       console.log(device.name, device.hostname);
 *     }
 *
 * It reads what the Controller gives every plugin container:
 *
 *     CONTROLLER_API_URL        where the Controller is
 *     NETSTACKS_SERVICE_TOKEN   what the plugin may do there
 *     NETSTACKS_CA_CERT         a PEM file (or its text) with the CA of the Controller's
 *                               certificate, trusted beside the system's roots
 *     NETSTACKS_TLS_VERIFY      "false" switches the check of the certificate off
 *
 * Single resources that do not exist are undefined. Everything else that fails
 * throws a NetStacksError. For production, the package @netstacks/sdk offers these
 * operations and the rest of the API, with the same behaviour.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";

const attemptsOfGet = 3; // nothing else is ever sent twice
const retryStatuses: readonly number[] = [429, 502, 503, 504];
const firstDelayMilliseconds = 200;
const longestDelayMilliseconds = 10_000;

/** What can go wrong with a call. */
export type NetStacksErrorKind =
  | "api" // the Controller answered with an error
  | "connection" // it could not be reached, or the connection broke off
  | "timeout" // the time was up
  | "decode" // it answered with something that cannot be read
  | "missing_token" // neither given nor in the environment
  | "missing_url"
  | "invalid_argument" // refused before a request was made
  | "tls"; // its certificate is not trusted, or NETSTACKS_CA_CERT of no use

/** A call to the Controller failed. */
export class NetStacksError extends Error {
  override name = "NetStacksError";
  readonly kind: NetStacksErrorKind;

  constructor(kind: NetStacksErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The Controller answered with an error. */
export class NetStacksAPIError extends NetStacksError {
  override name = "NetStacksAPIError";
  /** The HTTP status. */
  readonly status: number;
  /** What the Controller says. */
  readonly reason: string;
  /** The capability that a 403 misses. */
  readonly required: string | undefined;

  constructor(status: number, reason: string, required?: string) {
    const hint = required
      ? ` (add "${required}" to capabilities_required in manifest.json)`
      : "";
    super("api", `the Controller answered ${String(status)}: ${reason}${hint}`);
    this.status = status;
    this.reason = reason;
    this.required = required;
  }
}

/** A device of the inventory. */
export interface Device {
  id: string;
  name: string;
  hostname: string;
  device_type: string;
  org_id: string | null;
  port: number | null;
  manufacturer: string | null;
  model: string | null;
  platform: string | null;
  site: string | null;
  source: string | null;
  default_credential_id: string | null;
  created_at: string | null;
  updated_at: string | null;
}

/**
 * A decrypted credential. The Controller writes every read into its audit log.
 * secret is not enumerable, so that logs and JSON of a credential lack it.
 */
export interface Credential {
  id: string;
  name: string;
  credential_type: string;
  username: string | null;
  readonly secret: string;
  created_at: string | null;
}

/** One message of a chat. */
export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** The answer of a language model. */
export interface ChatResponse {
  content: string;
  model: string | null;
  finish_reason: string | null;
  /** Numbers of tokens. */
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
  } | null;
}

/** A passage of the knowledge base. */
export interface KnowledgeResult {
  id: string;
  title: string;
  snippet: string;
  score: number | null;
  source: string | null;
  url: string | null;
}

/** What takes the place of the environment. */
export interface NetStacksSDKOptions {
  baseUrl?: string;
  token?: string;
  /** For each request; 30 000 by default. */
  timeoutMilliseconds?: number;
}

type Query = Readonly<Record<string, string | number | undefined>>;
type JsonObject = Readonly<Record<string, unknown>>;

/** What a request needs to know of the Controller. */
interface Connection {
  baseUrl: string;
  request: typeof http.request;
  /** Keeps its connections; a GET that meets a closing one is sent again. */
  reusing: http.Agent;
  /** Opens a connection for each request, since a POST is never sent again. */
  fresh: http.Agent;
}

interface Answer {
  status: number;
  statusText: string;
  retryAfter: string | undefined;
  text: string;
}

/**
 * The Controller, as this plugin's service token lets it be seen. One client
 * serves any number of requests at the same time.
 */
export class NetStacksSDK {
  readonly #options: NetStacksSDKOptions;
  readonly #timeout: number;
  #token = "";
  #connection: Connection | undefined;

  constructor(options: NetStacksSDKOptions = {}) {
    this.#options = options;
    this.#timeout = options.timeoutMilliseconds ?? 30_000;
  }

  /** Closes the connections. A later call opens new ones. */
  close(): void {
    this.#connection?.reusing.destroy();
    this.#connection = undefined;
  }

  /** Devices of the inventory. Needs read_devices. */
  async listDevices(
    options: {
      orgId?: string;
      deviceType?: string;
      limit?: number;
      offset?: number;
    } = {},
  ): Promise<Device[]> {
    const answer = await this.#request("GET", "/devices", {
      query: {
        org_id: options.orgId,
        device_type: options.deviceType,
        limit: options.limit,
        offset: options.offset,
      },
    });
    return rows(answer).map(toDevice);
  }

  /** One device. Needs read_devices. */
  async getDevice(deviceId: string): Promise<Device | undefined> {
    const body = await this.#getOne("/devices/", deviceId);
    return body && toDevice(body);
  }

  /** One credential, decrypted. Needs read_credentials. */
  async getCredential(credentialId: string): Promise<Credential | undefined> {
    const body = await this.#getOne("/credentials/", credentialId);
    return body && toCredential(body);
  }

  /** The answer of a language model to a chat. Needs invoke_llm. */
  async chat(
    messages: readonly ChatMessage[],
    options: {
      model?: string;
      temperature?: number;
      maxTokens?: number;
      orgId?: string;
    } = {},
  ): Promise<ChatResponse> {
    const answer = new Row(
      await this.#request("POST", "/llm/chat", {
        body: {
          messages,
          model: options.model,
          temperature: options.temperature,
          max_tokens: options.maxTokens,
          org_id: options.orgId,
        },
      }),
    );
    const usage = answer.has("usage") ? answer.row("usage") : null;
    return {
      content: answer.text("content"),
      model: answer.textOrNull("model"),
      finish_reason: answer.textOrNull("finish_reason"),
      usage: usage && {
        prompt_tokens: usage.number("prompt_tokens"),
        completion_tokens: usage.number("completion_tokens"),
        total_tokens: usage.number("total_tokens"),
      },
    };
  }

  /** Passages of the knowledge base, best first. Needs search_knowledge. */
  async searchKnowledge(
    query: string,
    options: { orgId?: string; limit?: number } = {},
  ): Promise<KnowledgeResult[]> {
    const answer = await this.#request("GET", "/knowledge/search", {
      query: { q: query, org_id: options.orgId, limit: options.limit },
    });
    return rows(answer).map((row) => ({
      id: row.text("id"),
      title: row.text("title"),
      snippet: row.text("snippet"),
      score: row.numberOrNull("score"),
      source: row.textOrNull("source"),
      url: row.textOrNull("url"),
    }));
  }

  async #getOne(path: string, id: string): Promise<Row | undefined> {
    // URL parsers remove dots.
    if (/^([ \t\r\n]*|\.\.?)$/.test(id)) {
      throw new NetStacksError("invalid_argument", `"${id}" is no id`);
    }
    const encoded = encodeURIComponent(id).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    try {
      return new Row(await this.#request("GET", path + encoded, {}));
    } catch (error) {
      if (error instanceof NetStacksAPIError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async #request(
    method: "GET" | "POST",
    path: string,
    content: { query?: Query; body?: unknown },
  ): Promise<unknown> {
    const connection = this.#connect();
    const url = new URL(connection.baseUrl + path);
    for (const [name, value] of Object.entries(content.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const attempts = method === "GET" ? attemptsOfGet : 1;
    for (let attempt = 1; ; attempt++) {
      let answer: Answer | undefined;
      try {
        answer = await this.#send(connection, method, url, content.body);
      } catch (error) {
        const kind = error instanceof NetStacksError ? error.kind : undefined;
        if (attempt === attempts || kind !== "connection") {
          throw error;
        }
      }
      if (
        answer &&
        (attempt === attempts || !retryStatuses.includes(answer.status))
      ) {
        return this.#read(answer);
      }
      await sleep(delay(attempt, answer?.retryAfter));
    }
  }

  /** Reads the environment when it is first needed. */
  #connect(): Connection {
    if (this.#connection) {
      return this.#connection;
    }
    const { env } = process;
    const base = this.#options.baseUrl ?? env.CONTROLLER_API_URL?.trim() ?? "";
    this.#token =
      this.#options.token ?? env.NETSTACKS_SERVICE_TOKEN?.trim() ?? "";
    if (!base) {
      throw new NetStacksError(
        "missing_url",
        "CONTROLLER_API_URL is not set: the Controller gives it to you",
      );
    }
    if (!/^https?:\/\/[^/?#]/i.test(base) || !URL.canParse(base)) {
      throw new NetStacksError(
        "invalid_argument",
        "CONTROLLER_API_URL is not a URL such as https://controller:3000",
      );
    }
    if (!this.#token) {
      throw new NetStacksError(
        "missing_token",
        "NETSTACKS_SERVICE_TOKEN is not set: the Controller gives it to you",
      );
    }
    if (!/^[!-~]+$/.test(this.#token)) {
      throw new NetStacksError(
        "invalid_argument",
        "NETSTACKS_SERVICE_TOKEN holds characters that no HTTP header takes",
      );
    }
    const baseUrl = `${base.replace(/\/+$/, "")}/internal/v1`;
    if (new URL(base).protocol === "http:") {
      this.#connection = {
        baseUrl,
        request: http.request,
        reusing: new http.Agent({ keepAlive: true }),
        fresh: new http.Agent(),
      };
    } else {
      const trust = tlsTrust();
      this.#connection = {
        baseUrl,
        request: https.request,
        reusing: new https.Agent({ ...trust, keepAlive: true }),
        fresh: new https.Agent(trust),
      };
    }
    return this.#connection;
  }

  /** Sends one request and reads the answer. fetch takes no CA, so this is node:https. */
  #send(
    connection: Connection,
    method: "GET" | "POST",
    url: URL,
    body: unknown,
  ): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#timeout);
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(this.#unreachable(url, error, signal.aborted));
      };
      const content = body === undefined ? undefined : JSON.stringify(body);
      const request = connection.request(url, {
        method,
        agent: method === "GET" ? connection.reusing : connection.fresh,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${this.#token}`,
          ...(content !== undefined && {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(content),
          }),
        },
        signal,
      });
      request.on("error", fail);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("error", fail);
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? "",
            retryAfter: response.headers["retry-after"],
            text: Buffer.concat(chunks).toString(),
          });
        });
      });
      request.end(content);
    });
  }

  #read(answer: Answer): unknown {
    let body: unknown;
    try {
      body = JSON.parse(answer.text);
    } catch {
      body = undefined;
    }
    if (answer.status >= 200 && answer.status < 300) {
      if (body === undefined) {
        throw new NetStacksError("decode", "the answer is not JSON");
      }
      return body;
    }
    const { reason, required } = problem(body);
    throw new NetStacksAPIError(
      answer.status,
      this.#masked(reason || answer.statusText || "no reason given"),
      required === undefined ? undefined : this.#masked(required),
    );
  }

  #unreachable(url: URL, error: Error, late: boolean): NetStacksError {
    if (late) {
      return new NetStacksError(
        "timeout",
        `no answer of the Controller at ${url.origin} within ${String(this.#timeout / 1000)} s`,
      );
    }
    const untrusted = isUntrusted(error);
    const hint = untrusted
      ? "; set NETSTACKS_CA_CERT to the PEM file of the CA that signed its certificate," +
        " or NETSTACKS_TLS_VERIFY=false to connect without a check"
      : "";
    return new NetStacksError(
      untrusted ? "tls" : "connection",
      this.#masked(
        `cannot reach the Controller at ${url.origin}: ${causeOf(error)}${hint}`,
      ),
    );
  }

  #masked(message: string): string {
    return message.replaceAll(this.#token, "***");
  }
}

let warnedAboutTls = false;

/** How a TLS connection decides whether to trust the Controller. */
function tlsTrust(): https.AgentOptions {
  const verify = (process.env.NETSTACKS_TLS_VERIFY ?? "").trim().toLowerCase();
  if (["false", "0", "no", "off"].includes(verify)) {
    if (!warnedAboutTls) {
      warnedAboutTls = true;
      console.error(
        "NETSTACKS_TLS_VERIFY=false: the Controller's certificate is unchecked",
      );
    }
    return { rejectUnauthorized: false };
  }
  const ca = (process.env.NETSTACKS_CA_CERT ?? "").trim();
  if (!ca) {
    return {};
  }
  try {
    const pem = ca.startsWith("-----BEGIN") ? ca : readFileSync(ca, "utf8");
    new X509Certificate(pem); // tls would ignore what is none
    return {
      secureContext: tls.createSecureContext({ ca: [...systemRoots(), pem] }),
    };
  } catch (error) {
    throw new NetStacksError(
      "tls",
      `NETSTACKS_CA_CERT is not a PEM file that can be read: ${causeOf(error)}`,
    );
  }
}

/** The roots that hold without a CA of one's own, which takes their place otherwise. */
function systemRoots(): readonly string[] {
  // Since Node.js 22.15, and with NODE_EXTRA_CA_CERTS in it.
  const { getCACertificates } = tls as Partial<typeof tls>;
  return getCACertificates?.("default") ?? tls.rootCertificates;
}

/** How long to wait after an attempt; retryAfter is in seconds or an HTTP date. */
function delay(attempt: number, retryAfter = ""): number {
  let told = NaN;
  if (/^\d+$/.test(retryAfter)) {
    told = Number(retryAfter) * 1000;
  } else if (/^[A-Z][a-z]+, .* GMT$/.test(retryAfter)) {
    told = Math.max(Date.parse(retryAfter) - Date.now(), 0);
  }
  const jitter = 0.5 + Math.random();
  return Number.isNaN(told)
    ? firstDelayMilliseconds * 2 ** (attempt - 1) * jitter
    : Math.min(told, longestDelayMilliseconds);
}

/** Whether OpenSSL, or the check of the name, refused the certificate. */
function isUntrusted(error: NodeJS.ErrnoException): boolean {
  return /^(?!ERR_SSL_).*(CERT|UNABLE_TO_(GET|VERIFY))/.test(error.code ?? "");
}

function causeOf(error: unknown): string {
  // A name with several addresses fails once for each.
  if (error instanceof AggregateError) {
    return error.errors.map(causeOf).join(", ");
  }
  return error instanceof Error ? error.message || error.name : String(error);
}

/** The text and the missing capability, from either shape of an error. */
function problem(body: unknown): {
  reason: string;
  required: string | undefined;
} {
  if (!isObject(body)) {
    return { reason: "", required: undefined };
  }
  const { error } = body;
  const texts = isObject(error) ? [error.message, error.code] : [error];
  const [reason = ""] = texts.filter(isText);
  return {
    reason,
    required: isText(body.required) ? body.required : undefined,
  };
}

/** The rows of a list, bare or wrapped. */
function rows(body: unknown): Row[] {
  const list = isObject(body)
    ? (body.items ?? body.data ?? body.devices)
    : body;
  if (!Array.isArray(list)) {
    throw new NetStacksError("decode", "the answer is not a list");
  }
  return list.map((row) => new Row(row));
}

/** An object of an answer. Its errors quote nothing: it may be a secret. */
class Row {
  readonly #fields: JsonObject;

  constructor(value: unknown) {
    if (!isObject(value)) {
      throw new NetStacksError("decode", "the answer is not an object");
    }
    this.#fields = value;
  }

  has(field: string): boolean {
    return (this.#fields[field] ?? null) !== null;
  }

  row(field: string): Row {
    return new Row(this.#fields[field]);
  }

  text(field: string): string {
    return this.textOrNull(field) ?? mismatch(field);
  }

  textOrNull(field: string): string | null {
    const value = this.#fields[field] ?? null;
    return value === null || isText(value) ? value : mismatch(field);
  }

  number(field: string): number {
    return this.numberOrNull(field) ?? mismatch(field);
  }

  numberOrNull(field: string): number | null {
    const value = this.#fields[field] ?? null;
    return value === null || typeof value === "number"
      ? value
      : mismatch(field);
  }
}

function mismatch(field: string): never {
  throw new NetStacksError("decode", `the answer's ${field} cannot be read`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function toDevice(row: Row): Device {
  return {
    id: row.text("id"),
    name: row.text("name"),
    hostname: row.text(row.has("hostname") ? "hostname" : "host"),
    device_type: row.text("device_type"),
    org_id: row.textOrNull("org_id"),
    port: row.numberOrNull("port"),
    manufacturer: row.textOrNull("manufacturer"),
    model: row.textOrNull("model"),
    platform: row.textOrNull("platform"),
    site: row.textOrNull("site"),
    source: row.textOrNull("source"),
    default_credential_id: row.textOrNull("default_credential_id"),
    created_at: row.textOrNull("created_at"),
    updated_at: row.textOrNull("updated_at"),
  };
}

function toCredential(row: Row): Credential {
  const credential = {
    id: row.text("id"),
    name: row.text("name"),
    credential_type: row.text("credential_type"),
    username: row.textOrNull("username"),
    secret: "",
    created_at: row.textOrNull("created_at"),
  };
  return Object.defineProperty(credential, "secret", {
    value: row.text("secret"),
    enumerable: false,
  });
}
