import type {
  AgentRun,
  ApiResource,
  ChatResponse,
  ChatUsage,
  Credential,
  Device,
  GnmiNotification,
  GnmiResponse,
  KnowledgeDocument,
  KnowledgeResult,
  NetconfResponse,
} from "./models.js";

/** Makes a value of what JSON holds. Unknown fields are left out. */
export type Decoder<T> = (value: unknown, at?: string) => T;

type Row = Readonly<Record<string, unknown>>;

/**
 * An answer has another form than its type says. The message names places and types, and quotes
 * nothing of the answer: it may be a secret.
 */
export class Mismatch extends Error {
  constructor(at: string, value: unknown, expected: string) {
    super(`${at === "" ? "the answer" : at} is ${typeOf(value)} where ${expected} is expected`);
  }
}

/** The elements of a list, which may be bare or wrapped in an object. */
export function listOf<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value) => {
    const rows = isRow(value) ? (value["items"] ?? value["data"] ?? value["devices"]) : value;
    return elements(rows, "", decode);
  };
}

/** Whether a value is an object of JSON. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const device: Decoder<Device> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row, "id", at),
    org_id: textOrNull(row, "org_id", at),
    name: text(row, "name", at),
    hostname: text(row, (row["hostname"] ?? null) === null && "host" in row ? "host" : "hostname", at),
    port: numberOrNull(row, "port", at),
    device_type: text(row, "device_type", at),
    manufacturer: textOrNull(row, "manufacturer", at),
    model: textOrNull(row, "model", at),
    platform: textOrNull(row, "platform", at),
    site: textOrNull(row, "site", at),
    source: textOrNull(row, "source", at),
    default_credential_id: textOrNull(row, "default_credential_id", at),
    created_at: textOrNull(row, "created_at", at),
    updated_at: textOrNull(row, "updated_at", at),
  };
};

export const credential: Decoder<Credential> = (value, at = "") => {
  const row = asRow(value, at);
  return new DecryptedCredential(
    {
      id: text(row, "id", at),
      name: text(row, "name", at),
      credential_type: text(row, "credential_type", at),
      username: textOrNull(row, "username", at),
      created_at: textOrNull(row, "created_at", at),
    },
    text(row, "secret", at),
  );
};

export const chatResponse: Decoder<ChatResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    content: text(row, "content", at),
    model: textOrNull(row, "model", at),
    finish_reason: textOrNull(row, "finish_reason", at),
    usage: (row["usage"] ?? null) === null ? null : usage(row["usage"], join(at, "usage")),
  };
};

const usage: Decoder<ChatUsage> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    prompt_tokens: number(row, "prompt_tokens", at),
    completion_tokens: number(row, "completion_tokens", at),
    total_tokens: number(row, "total_tokens", at),
  };
};

export const knowledgeResult: Decoder<KnowledgeResult> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row, "id", at),
    title: text(row, "title", at),
    snippet: text(row, "snippet", at),
    score: numberOrNull(row, "score", at),
    source: textOrNull(row, "source", at),
    url: textOrNull(row, "url", at),
  };
};

export const knowledgeDocument: Decoder<KnowledgeDocument> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row, "id", at),
    title: text(row, "title", at),
    chunks: number(row, "chunks", at),
    created_at: textOrNull(row, "created_at", at),
  };
};

export const gnmiResponse: Decoder<GnmiResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    device_id: text(row, "device_id", at),
    operation: text(row, "operation", at),
    timestamp: textOrNull(row, "timestamp", at),
    notifications: elements(row["notifications"], join(at, "notifications"), notification),
  };
};

const notification: Decoder<GnmiNotification> = (value, at = "") => {
  const row = asRow(value, at);
  return { path: text(row, "path", at), value: row["value"] ?? null };
};

export const netconfResponse: Decoder<NetconfResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    device_id: text(row, "device_id", at),
    operation: text(row, "operation", at),
    ok: boolean(row, "ok", at),
    data: textOrNull(row, "data", at),
  };
};

export const agentRun: Decoder<AgentRun> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    run_id: text(row, "run_id", at),
    agent_id: text(row, "agent_id", at),
    status: text(row, "status", at),
  };
};

export const apiResource: Decoder<ApiResource> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row, "id", at),
    name: text(row, "name", at),
    base_url: text(row, "base_url", at),
    auth_type: textOrNull(row, "auth_type", at),
    created_at: textOrNull(row, "created_at", at),
  };
};

/** A credential that keeps its secret out of logs: only `secret` itself tells it. */
class DecryptedCredential implements Credential {
  readonly id: string;
  readonly name: string;
  readonly credential_type: string;
  readonly username: string | null;
  readonly created_at: string | null;
  readonly #secret: string;

  constructor(rest: Omit<Credential, "secret">, secret: string) {
    this.id = rest.id;
    this.name = rest.name;
    this.credential_type = rest.credential_type;
    this.username = rest.username;
    this.created_at = rest.created_at;
    this.#secret = secret;
  }

  get secret(): string {
    return this.#secret;
  }

  toJSON(): Credential {
    const { id, name, credential_type, username, created_at } = this;
    return { id, name, credential_type, username, secret: "***", created_at };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): Credential {
    return this.toJSON();
  }
}

function asRow(value: unknown, at: string): Row {
  if (!isRow(value)) {
    throw new Mismatch(at, value, "an object");
  }
  return value;
}

function elements<T>(value: unknown, at: string, decode: Decoder<T>): T[] {
  if (!Array.isArray(value)) {
    throw new Mismatch(at, value, "a list");
  }
  return value.map((element, index) => decode(element, `${at}[${String(index)}]`));
}

function text(row: Row, field: string, at: string): string {
  const value = row[field];
  if (typeof value !== "string") {
    throw new Mismatch(join(at, field), value, "text");
  }
  return value;
}

function textOrNull(row: Row, field: string, at: string): string | null {
  const value = row[field] ?? null;
  if (value !== null && typeof value !== "string") {
    throw new Mismatch(join(at, field), value, "text or null");
  }
  return value;
}

function number(row: Row, field: string, at: string): number {
  const value = row[field];
  if (typeof value !== "number") {
    throw new Mismatch(join(at, field), value, "a number");
  }
  return value;
}

function numberOrNull(row: Row, field: string, at: string): number | null {
  const value = row[field] ?? null;
  if (value !== null && typeof value !== "number") {
    throw new Mismatch(join(at, field), value, "a number or null");
  }
  return value;
}

function boolean(row: Row, field: string, at: string): boolean {
  const value = row[field];
  if (typeof value !== "boolean") {
    throw new Mismatch(join(at, field), value, "true or false");
  }
  return value;
}

function join(at: string, field: string): string {
  return at === "" ? field : `${at}.${field}`;
}

function typeOf(value: unknown): string {
  if (value === undefined) {
    return "missing";
  }
  if (value === null) {
    return "null";
  }
  return Array.isArray(value) ? "a list" : `of type ${typeof value}`;
}
