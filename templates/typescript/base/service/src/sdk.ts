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
 * throws a NetStacksError. For production, the package netstacks-sdk offers the
 * same operations.
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

/** A call to the Controller failed. */
export class NetStacksError extends Error {
  override name = "NetStacksError";
}

/** The environment does not say how to call the Controller. */
export class NetStacksConfigError extends NetStacksError {
  override name = "NetStacksConfigError";
}

/** The Controller could not be reached, or not be trusted. */
export class NetStacksConnectionError extends NetStacksError {
  override name = "NetStacksConnectionError";
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
    super(`the Controller answered ${String(status)}: ${reason}${hint}`);
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
  /** Numbers of tokens, by what they were used for. */
  usage: Record<string, number>;
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
    const body = object(
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
    const usage = Object.entries(isObject(body.usage) ? body.usage : {});
    return {
      content: text(body.content) ?? "",
      model: text(body.model),
      finish_reason: text(body.finish_reason),
      usage: Object.fromEntries(
        usage.filter((entry): entry is [string, number] => isNumber(entry[1])),
      ),
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
      id: text(row.id) ?? "",
      title: text(row.title) ?? "",
      snippet: text(row.snippet) ?? "",
      score: number(row.score),
      source: text(row.source),
      url: text(row.url),
    }));
  }

  async #getOne(path: string, id: string): Promise<JsonObject | undefined> {
    if (["", ".", ".."].includes(id)) {
      throw new TypeError(`"${id}" is not the id of a resource`);
    }
    try {
      return object(
        await this.#request("GET", path + encodeURIComponent(id), {}),
      );
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
      let answer: Answer;
      try {
        answer = await this.#send(connection, method, url, content.body);
      } catch (error) {
        if (attempt === attempts || isTimeout(error) || isUntrusted(error)) {
          throw this.#unreachable(url, error);
        }
        await sleep(delay(attempt));
        continue;
      }
      if (retryStatuses.includes(answer.status) && attempt < attempts) {
        await sleep(delay(attempt, answer.retryAfter));
        continue;
      }
      return this.#read(answer);
    }
  }

  /** Reads the environment when it is first needed. */
  #connect(): Connection {
    if (this.#connection) {
      return this.#connection;
    }
    const { env } = process;
    const base = (this.#options.baseUrl ?? env.CONTROLLER_API_URL ?? "").trim();
    this.#token = (
      this.#options.token ??
      env.NETSTACKS_SERVICE_TOKEN ??
      ""
    ).trim();
    if (!base) {
      throw new NetStacksConfigError(
        "CONTROLLER_API_URL is not set: the Controller gives it to you",
      );
    }
    if (!URL.canParse(base) || !/^https?:/i.test(base)) {
      throw new NetStacksConfigError(
        "CONTROLLER_API_URL is not a URL such as https://controller:3000",
      );
    }
    if (!this.#token) {
      throw new NetStacksConfigError(
        "NETSTACKS_SERVICE_TOKEN is not set: the Controller gives it to you",
      );
    }
    if (!/^[!-~]+$/.test(this.#token)) {
      throw new NetStacksConfigError(
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
    return new Promise((resolve, reject) => {
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
        signal: AbortSignal.timeout(this.#timeout),
      });
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("error", reject);
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
        throw new NetStacksAPIError(answer.status, "the answer is not JSON");
      }
      return body;
    }
    const { reason, required } = problem(body);
    throw new NetStacksAPIError(
      answer.status,
      this.#masked(reason || answer.statusText || "no reason given"),
      required,
    );
  }

  #unreachable(url: URL, error: unknown): NetStacksConnectionError {
    const cause = isTimeout(error)
      ? `no answer within ${String(this.#timeout / 1000)} s`
      : causeOf(error);
    const hint = isUntrusted(error)
      ? "; set NETSTACKS_CA_CERT to the PEM file of the CA that signed its certificate," +
        " or NETSTACKS_TLS_VERIFY=false to connect without a check"
      : "";
    return new NetStacksConnectionError(
      this.#masked(
        `cannot reach the Controller at ${url.origin}: ${cause}${hint}`,
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
    throw new NetStacksConfigError(
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

function delay(attempt: number, retryAfter = ""): number {
  if (/^\d+$/.test(retryAfter)) {
    return Math.min(Number(retryAfter) * 1000, longestDelayMilliseconds);
  }
  const jitter = 0.5 + Math.random();
  return firstDelayMilliseconds * 2 ** (attempt - 1) * jitter;
}

function codeOf(error: unknown): string {
  return isObject(error) ? (text(error.code) ?? "") : "";
}

function isTimeout(error: unknown): boolean {
  return codeOf(error) === "ABORT_ERR";
}

/** Whether OpenSSL, or the check of the name, refused the certificate. */
function isUntrusted(error: unknown): boolean {
  return /^(?!ERR_SSL_).*(CERT|UNABLE_TO_(GET|VERIFY))/.test(codeOf(error));
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
  const reason = isObject(error)
    ? (text(error.message) ?? text(error.code))
    : text(error);
  return { reason: reason ?? "", required: text(body.required) ?? undefined };
}

/** The rows of a list, bare or wrapped. */
function rows(body: unknown): JsonObject[] {
  const list = isObject(body)
    ? (body.items ?? body.data ?? body.devices)
    : body;
  if (!Array.isArray(list)) {
    throw new NetStacksAPIError(200, "the answer is not a list");
  }
  return list.map(object);
}

function object(body: unknown): JsonObject {
  if (!isObject(body)) {
    throw new NetStacksAPIError(200, "the answer is not an object");
  }
  return body;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function number(value: unknown): number | null {
  return isNumber(value) ? value : null;
}

function toDevice(body: JsonObject): Device {
  return {
    id: text(body.id) ?? "",
    name: text(body.name) ?? "",
    hostname: [body.hostname, body.host].map(text).find(Boolean) ?? "",
    device_type: text(body.device_type) ?? "",
    org_id: text(body.org_id),
    port: number(body.port),
    manufacturer: text(body.manufacturer),
    model: text(body.model),
    platform: text(body.platform),
    site: text(body.site),
    source: text(body.source),
    default_credential_id: text(body.default_credential_id),
    created_at: text(body.created_at),
    updated_at: text(body.updated_at),
  };
}

function toCredential(body: JsonObject): Credential {
  const credential = {
    id: text(body.id) ?? "",
    name: text(body.name) ?? "",
    credential_type: text(body.credential_type) ?? "",
    username: text(body.username),
    secret: "",
    created_at: text(body.created_at),
  };
  return Object.defineProperty(credential, "secret", {
    value: text(body.secret) ?? "",
    enumerable: false,
  });
}
