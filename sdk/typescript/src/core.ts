import { setTimeout as sleep } from "node:timers/promises";

import { type Decoder, isRow, Mismatch } from "./decode.js";
import {
  NetStacksAPIError,
  NetStacksConnectionError,
  NetStacksDecodeError,
  NetStacksTimeoutError,
  NetStacksTLSError,
  refuse,
} from "./errors.js";
import { Gate } from "./gate.js";
import { attemptsOfGet, delayAfter, isPassing } from "./retry.js";
import { milliseconds, type Settings } from "./settings.js";
import { type Answer, Broken, type Outgoing, type Transport } from "./transport.js";

/** What every call takes. */
export interface CallOptions {
  /** Cancels the call, which then rejects with the signal's reason and gives its connection back. */
  signal?: AbortSignal | undefined;
  /** How long an attempt may take, in milliseconds; that of the client when not given. */
  timeout?: number | undefined;
}

/** One operation of the API with its arguments. */
export interface Call<T> {
  readonly method: "GET" | "POST";
  /** Below `/internal/v1`, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly decode: Decoder<T>;
}

/** Makes calls: sends, tries again, reads, and tells what went wrong. */
export class Core {
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #gate: Gate;

  constructor(settings: Settings, transport: Transport) {
    this.#settings = settings;
    this.#transport = transport;
    this.#gate = new Gate(settings.maxConnections);
  }

  /** The answer of the Controller. */
  async call<T>(call: Call<T>, options: CallOptions | undefined): Promise<T> {
    const answer = await this.#exchange(call, options);
    if (answer.status < 200 || answer.status > 299) {
      throw this.#apiError(answer);
    }
    return decoded(answer.text, call);
  }

  /** The answer of the Controller, or null where it has none. */
  async find<T>(call: Call<T>, options: CallOptions | undefined): Promise<T | null> {
    const answer = await this.#exchange(call, options);
    if (answer.status === 404) {
      return null;
    }
    if (answer.status < 200 || answer.status > 299) {
      throw this.#apiError(answer);
    }
    return decoded(answer.text, call);
  }

  close(): void {
    this.#transport.close();
  }

  async #exchange(call: Call<unknown>, options: CallOptions = {}): Promise<Answer> {
    const request = this.#outgoing(call);
    const timeout = options.timeout === undefined ? this.#settings.timeout : milliseconds(options.timeout);
    const attempts = call.method === "GET" ? attemptsOfGet : 1;
    for (let attempt = 1; ; attempt++) {
      let retryAfter: string | undefined;
      try {
        const answer = await this.#attempt(request, timeout, options.signal);
        if (attempt === attempts || !isPassing(answer.status)) {
          return answer;
        }
        retryAfter = answer.retryAfter;
      } catch (error) {
        if (attempt === attempts || !(error instanceof NetStacksConnectionError)) {
          throw error;
        }
      }
      await pause(delayAfter(attempt, retryAfter), options.signal);
    }
  }

  #outgoing(call: Call<unknown>): Outgoing {
    const query = Object.entries(call.query ?? {})
      .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
      .map(([name, value]) => `${name}=${encoded(String(value))}`)
      .join("&");
    const body = call.body === undefined ? undefined : json(call.body);
    return {
      method: call.method,
      url: `${this.#settings.root}${call.path}${query === "" ? "" : `?${query}`}`,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${this.#settings.token}`,
        "user-agent": "netstacks-sdk-typescript/2",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body,
    };
  }

  async #attempt(request: Outgoing, timeout: number, signal: AbortSignal | undefined): Promise<Answer> {
    signal?.throwIfAborted();
    if (!this.#gate.tryEnter()) {
      await this.#gate.enter(signal);
    }
    const ending = new AbortController();
    const time = { up: false };
    const end = () => {
      ending.abort();
    };
    const timer = setTimeout(() => {
      time.up = true;
      end();
    }, timeout);
    signal?.addEventListener("abort", end, { once: true });
    try {
      return await this.#transport.send(request, ending.signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw time.up
        ? new NetStacksTimeoutError(`no answer of the Controller at ${this.#origin} within ${String(timeout)} ms`)
        : this.#unreachable(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      this.#gate.leave();
    }
  }

  get #origin(): string {
    return new URL(this.#settings.root).origin;
  }

  #unreachable(error: unknown): NetStacksConnectionError | NetStacksTLSError {
    const broken = error instanceof Broken ? error : new Broken(error, false);
    const reason = String(this.#masked(broken.message));
    if (broken.untrusted) {
      return new NetStacksTLSError(
        `the certificate of the Controller at ${this.#origin} is not trusted: ${reason}; ` +
          "set NETSTACKS_CA_CERT to the PEM file of the authority that signed it, " +
          "or NETSTACKS_TLS_VERIFY=false to connect without a check",
      );
    }
    const cause = new Error(reason);
    cause.name = "Cause";
    return new NetStacksConnectionError(
      `the Controller at ${this.#origin} cannot be reached, or broke off: ${reason}`,
      cause,
    );
  }

  #apiError(answer: Answer): NetStacksAPIError {
    let body: unknown = answer.text;
    try {
      body = JSON.parse(answer.text);
    } catch {
      // Proxies answer with HTML.
    }
    body = this.#masked(body);
    const message = isRow(body) ? messageOf(body["error"]) : "";
    const required = isRow(body) && typeof body["required"] === "string" ? body["required"] : null;
    return new NetStacksAPIError(message || `the Controller answered ${String(answer.status)} without a reason`, {
      status: answer.status,
      body,
      required,
    });
  }

  /** The same value without the token in any text of it. */
  #masked(value: unknown): unknown {
    if (typeof value === "string") {
      return value.replaceAll(this.#settings.token, "***");
    }
    if (Array.isArray(value)) {
      return value.map((element) => this.#masked(element));
    }
    if (isRow(value)) {
      const entries = Object.entries(value).map(([name, field]) => [this.#masked(name), this.#masked(field)]);
      return Object.fromEntries(entries) as unknown;
    }
    return value;
  }
}

/** An id as a segment of a path. */
export function segment(id: string): string {
  if (id === "." || id === "..") {
    throw refuse(`the id ${JSON.stringify(id)} cannot be sent: URL parsers remove it`);
  }
  return encoded(nonBlank("id", id));
}

/** An id that names something. */
export function nonBlank(name: string, id: string): string {
  if (typeof id !== "string" || /^[ \t\r\n]*$/.test(id)) {
    throw refuse(`${name} is empty; it must be the id of a resource`);
  }
  return id;
}

/** The text with everything but letters, digits and `-._~` percent-encoded. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw refuse("a lone surrogate cannot be sent: it is half of a character");
  }
}

/** JSON of what a call was given. */
function json(body: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw refuse("the arguments hold what JSON cannot, such as a cycle or a BigInt");
  }
}

function decoded<T>(text: string, call: Call<T>): T {
  const operation = `${call.method} /internal/v1${call.path}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's message would quote the answer, which may be a secret.
    throw new NetStacksDecodeError(`the answer to ${operation} is ${text === "" ? "empty" : "not JSON"}`);
  }
  try {
    return call.decode(value);
  } catch (error) {
    if (error instanceof Mismatch) {
      throw new NetStacksDecodeError(`the answer to ${operation} cannot be read: ${error.message}`);
    }
    throw error;
  }
}

/** What either shape of an error says. */
function messageOf(error: unknown): string {
  if (typeof error === "string") {
    return error;
  }
  if (!isRow(error)) {
    return "";
  }
  return (
    [error["message"], error["code"]].find((text): text is string => typeof text === "string" && text !== "") ?? ""
  );
}

async function pause(delay: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delay, undefined, { signal });
  } catch {
    signal?.throwIfAborted();
  }
}
