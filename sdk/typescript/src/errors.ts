/**
 * What can go wrong with a call:
 *
 * | kind | when |
 * |---|---|
 * | `api` | the Controller answered with an error |
 * | `connection` | it could not be reached, or the connection broke off |
 * | `timeout` | the time was up |
 * | `decode` | it answered with something that cannot be read |
 * | `missing_token`, `missing_url` | neither given nor in the environment |
 * | `invalid_argument` | a value was refused before a request was made |
 * | `tls` | its certificate is not trusted, or `NETSTACKS_CA_CERT` cannot be used |
 */
export type NetStacksErrorKind =
  "api" | "connection" | "timeout" | "decode" | "missing_token" | "missing_url" | "invalid_argument" | "tls";

/** Everything that the library throws, but for the reason of a signal that cancelled a call. */
export class NetStacksError extends Error {
  /** What went wrong. */
  readonly kind: NetStacksErrorKind;

  /** @internal */
  constructor(kind: NetStacksErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
    Object.defineProperty(this, "name", { value: new.target.name, configurable: true, writable: true });
  }
}

/** The Controller answered with an error; `message` is what it says. */
export class NetStacksAPIError extends NetStacksError {
  /** The HTTP status. */
  readonly status: number;
  /** The whole answer: the value of its JSON, or its text where it is none. */
  readonly body: unknown;
  /** The capability that is missing in `capabilities_required` of manifest.json, when a 403 names one. */
  readonly required: string | null;

  /** @internal */
  constructor(message: string, answer: { status: number; body: unknown; required: string | null }) {
    super("api", message);
    this.status = answer.status;
    this.body = answer.body;
    this.required = answer.required;
  }
}

/** The Controller could not be reached, or the connection broke off. `cause` says why. */
export class NetStacksConnectionError extends NetStacksError {
  /** @internal */
  constructor(message: string, cause: unknown) {
    super("connection", message, { cause });
  }
}

/** An attempt took longer than its time-out. */
export class NetStacksTimeoutError extends NetStacksError {
  /** @internal */
  constructor(message: string) {
    super("timeout", message);
  }
}

/** The Controller answered with success, but with something that cannot be read. */
export class NetStacksDecodeError extends NetStacksError {
  /** @internal */
  constructor(message: string) {
    super("decode", message);
  }
}

/** The address or the token is missing, or a value was refused before a request was made. */
export class NetStacksConfigError extends NetStacksError {}

/** The Controller's certificate is not trusted, or `NETSTACKS_CA_CERT` cannot be used. */
export class NetStacksTLSError extends NetStacksError {
  /** @internal */
  constructor(message: string) {
    super("tls", message);
  }
}

/** Refuses an argument. */
export function refuse(message: string): NetStacksConfigError {
  return new NetStacksConfigError("invalid_argument", message);
}
