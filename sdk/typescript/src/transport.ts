import http from "node:http";
import https from "node:https";

import type { Environment } from "./settings.js";
import { trustOf } from "./trust.js";

/** A request as it goes over the wire. */
export interface Outgoing {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Sends requests; rejects with a {@link Broken} or, once the signal aborts, with anything. */
export interface Transport {
  send(request: Outgoing, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/** No answer came, or not all of it. */
export class Broken extends Error {
  /** Whether the other side's certificate was refused. */
  readonly untrusted: boolean;

  constructor(cause: unknown, untrusted: boolean) {
    super(reasonOf(cause), { cause });
    this.untrusted = untrusted;
  }
}

/** What {@link FetchLike} is called with. */
export interface FetchInit {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: string;
  redirect: "manual";
  signal: AbortSignal;
}

/** What {@link FetchLike} answers. A `Response` is one. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What the library needs of `fetch`; the global one fits. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Idle connections are closed after so long, before the other side does it in the middle of a request. */
const idleMilliseconds = 4_000;

/**
 * The transport for an address. Plain HTTP goes through the global fetch. TLS does not: fetch takes
 * no roots, neither those of the system nor the file of NETSTACKS_CA_CERT; node:https does. A proxy
 * that Node.js was told to use is not for the Controller, which is on the plugin's own network.
 */
export function transportFor(root: string, env: Environment, custom: FetchLike | undefined): Transport {
  if (custom !== undefined) {
    return new FetchTransport(custom);
  }
  if (root.startsWith("https:")) {
    return new NodeTransport(
      https.request,
      new https.Agent({ ...trustOf(env), keepAlive: true, timeout: idleMilliseconds }),
    );
  }
  const plain = () => new NodeTransport(http.request, new http.Agent({ keepAlive: true, timeout: idleMilliseconds }));
  return proxied(env) ? plain() : new FetchTransport((url, init) => fetch(url, init), plain);
}

/** Whether fetch would take a proxy from the environment (Node.js 24 and later). */
function proxied(env: Environment): boolean {
  return (
    env["NODE_USE_ENV_PROXY"] === "1" ||
    process.execArgv.includes("--use-env-proxy") ||
    (env["NODE_OPTIONS"] ?? "").includes("--use-env-proxy")
  );
}

class FetchTransport implements Transport {
  readonly #fetch: FetchLike;
  readonly #otherwise: (() => Transport) | undefined;
  #instead: Transport | undefined;

  constructor(fetch: FetchLike, otherwise?: () => Transport) {
    this.#fetch = fetch;
    this.#otherwise = otherwise;
  }

  async send(request: Outgoing, signal: AbortSignal): Promise<Answer> {
    if (this.#instead !== undefined) {
      return this.#instead.send(request, signal);
    }
    try {
      const response = await this.#fetch(request.url, {
        method: request.method,
        headers: { ...request.headers },
        redirect: "manual",
        signal,
        ...(request.body !== undefined && { body: request.body }),
      });
      return {
        status: response.status,
        retryAfter: response.headers.get("retry-after") ?? undefined,
        text: await response.text(),
      };
    } catch (error) {
      if (this.#otherwise !== undefined && isBlockedPort(error)) {
        this.#instead = this.#otherwise();
        return this.#instead.send(request, signal);
      }
      throw new Broken(error, isUntrusted(error));
    }
  }

  close(): void {
    this.#instead?.close();
  }
}

class NodeTransport implements Transport {
  readonly #request: typeof http.request;
  readonly #agent: http.Agent;

  constructor(request: typeof http.request, agent: http.Agent) {
    this.#request = request;
    this.#agent = agent;
  }

  send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(new Broken(error, isUntrusted(error)));
      };
      const request = this.#request(outgoing.url, {
        method: outgoing.method,
        headers: {
          ...outgoing.headers,
          ...(outgoing.body !== undefined && { "content-length": Buffer.byteLength(outgoing.body) }),
        },
        agent: this.#agent,
        signal,
      });
      request.on("error", fail);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("error", fail);
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
        });
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers["retry-after"],
            text: new TextDecoder().decode(Buffer.concat(chunks)),
          });
        });
      });
      request.end(outgoing.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Whether fetch refuses the port, as browsers do with those of other protocols; node:http does not. */
function isBlockedPort(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error && error.cause.message === "bad port";
}

/** Whether OpenSSL, or the check of the host's name, refused the certificate. */
function isUntrusted(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === "string") {
    return /^(?!ERR_SSL_).*(CERT|UNABLE_TO_(GET|VERIFY)|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/.test(code);
  }
  return cause instanceof Error && isUntrusted(cause);
}

/** What went wrong, from the depths of an error. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(reasonOf).join(", "); // one for each address of a name
  }
  if (error instanceof Error) {
    return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
  }
  return String(error);
}
