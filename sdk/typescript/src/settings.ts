import { NetStacksConfigError, refuse } from "./errors.js";
import type { FetchLike } from "./transport.js";

/** What takes the place of the environment and of defaults. */
export interface NetStacksClientOptions {
  /** Where the Controller is; `CONTROLLER_API_URL` when not given. */
  baseUrl?: string | undefined;
  /** What the plugin may do there; `NETSTACKS_SERVICE_TOKEN` when not given. */
  token?: string | undefined;
  /** How long an attempt may take, in milliseconds, from its start to the last byte of the answer; 30,000 when not given. */
  timeout?: number | undefined;
  /** How many requests may be under way at the same time; the others wait. 64 when not given. */
  maxConnections?: number | undefined;
  /**
   * Sends the requests in place of the library's own transport, such as for tracing or tests. What it
   * does about TLS, proxies and connections is its own affair: `NETSTACKS_CA_CERT` and
   * `NETSTACKS_TLS_VERIFY` do not reach it.
   */
  fetch?: FetchLike | undefined;
}

/** Variables, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a client works with. */
export interface Settings {
  /** Up to and with `/internal/v1`. */
  readonly root: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxConnections: number;
}

const longestTimer = 2_147_483_647; // what setTimeout takes

/** Puts options, environment and defaults together. */
export function settingsOf(options: NetStacksClientOptions, env: Environment): Settings {
  const address = options.baseUrl ?? env["CONTROLLER_API_URL"]?.trim() ?? "";
  const token = options.token ?? env["NETSTACKS_SERVICE_TOKEN"]?.trim() ?? "";
  if (address === "") {
    throw new NetStacksConfigError(
      "missing_url",
      "the Controller's address is missing: set CONTROLLER_API_URL, or pass baseUrl",
    );
  }
  if (token === "") {
    throw new NetStacksConfigError(
      "missing_token",
      "the service token is missing: set NETSTACKS_SERVICE_TOKEN, or pass token",
    );
  }
  if (!/^[!-~]+$/.test(token)) {
    throw refuse("the service token holds characters other than visible ASCII; check NETSTACKS_SERVICE_TOKEN or token");
  }
  return {
    root: `${parseAddress(address)}/internal/v1`,
    token,
    timeout: milliseconds(options.timeout ?? 30_000),
    maxConnections: connections(options.maxConnections ?? 64),
  };
}

/** A time-out as timers take it. */
export function milliseconds(timeout: number): number {
  if (!(timeout > 0)) {
    throw refuse(`timeout is ${String(timeout)}; it must be a number of milliseconds above 0`);
  }
  return Math.min(timeout, longestTimer);
}

function connections(count: number): number {
  if (!Number.isInteger(count) || count < 1) {
    throw refuse(`maxConnections is ${String(count)}; it must be a whole number above 0`);
  }
  return count;
}

/** The address without slashes at its end. It is not quoted in errors: it may carry a password. */
function parseAddress(address: string): string {
  let url: URL | undefined;
  try {
    url = /^https?:\/\/[^/?#]/i.test(address) ? new URL(address) : undefined;
  } catch {
    // Refused below.
  }
  if (url === undefined) {
    throw refuse(
      "the Controller's address is not a URL such as https://netstacks-api:3000; check CONTROLLER_API_URL or baseUrl",
    );
  }
  if (url.username !== "" || url.password !== "" || /[?#]/.test(address)) {
    throw refuse(
      "the Controller's address carries a user name, a query or a fragment; CONTROLLER_API_URL or baseUrl must have none",
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}
