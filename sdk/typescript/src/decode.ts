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
    id: text(row["id"], at, "id"),
    org_id: textOrNull(row["org_id"], at, "org_id"),
    name: text(row["name"], at, "name"),
    hostname: text(row["hostname"] ?? row["host"], at, "hostname"),
    port: numberOrNull(row["port"], at, "port"),
    device_type: text(row["device_type"], at, "device_type"),
    manufacturer: textOrNull(row["manufacturer"], at, "manufacturer"),
    model: textOrNull(row["model"], at, "model"),
    platform: textOrNull(row["platform"], at, "platform"),
    site: textOrNull(row["site"], at, "site"),
    source: textOrNull(row["source"], at, "source"),
    default_credential_id: textOrNull(row["default_credential_id"], at, "default_credential_id"),
    created_at: textOrNull(row["created_at"], at, "created_at"),
    updated_at: textOrNull(row["updated_at"], at, "updated_at"),
  };
};

export const credential: Decoder<Credential> = (value, at = "") => {
  const row = asRow(value, at);
  return new DecryptedCredential(
    {
      id: text(row["id"], at, "id"),
      name: text(row["name"], at, "name"),
      credential_type: text(row["credential_type"], at, "credential_type"),
      username: textOrNull(row["username"], at, "username"),
      created_at: textOrNull(row["created_at"], at, "created_at"),
    },
    text(row["secret"], at, "secret"),
  );
};

export const chatResponse: Decoder<ChatResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    content: text(row["content"], at, "content"),
    model: textOrNull(row["model"], at, "model"),
    finish_reason: textOrNull(row["finish_reason"], at, "finish_reason"),
    usage: (row["usage"] ?? null) === null ? null : usage(row["usage"], join(at, "usage")),
  };
};

const usage: Decoder<ChatUsage> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    prompt_tokens: number(row["prompt_tokens"], at, "prompt_tokens"),
    completion_tokens: number(row["completion_tokens"], at, "completion_tokens"),
    total_tokens: number(row["total_tokens"], at, "total_tokens"),
  };
};

export const knowledgeResult: Decoder<KnowledgeResult> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row["id"], at, "id"),
    title: text(row["title"], at, "title"),
    snippet: text(row["snippet"], at, "snippet"),
    score: numberOrNull(row["score"], at, "score"),
    source: textOrNull(row["source"], at, "source"),
    url: textOrNull(row["url"], at, "url"),
  };
};

export const knowledgeDocument: Decoder<KnowledgeDocument> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row["id"], at, "id"),
    title: text(row["title"], at, "title"),
    chunks: number(row["chunks"], at, "chunks"),
    created_at: textOrNull(row["created_at"], at, "created_at"),
  };
};

export const gnmiResponse: Decoder<GnmiResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    device_id: text(row["device_id"], at, "device_id"),
    operation: text(row["operation"], at, "operation"),
    timestamp: textOrNull(row["timestamp"], at, "timestamp"),
    notifications: elements(row["notifications"], join(at, "notifications"), notification),
  };
};

const notification: Decoder<GnmiNotification> = (value, at = "") => {
  const row = asRow(value, at);
  return { path: text(row["path"], at, "path"), value: row["value"] ?? null };
};

export const netconfResponse: Decoder<NetconfResponse> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    device_id: text(row["device_id"], at, "device_id"),
    operation: text(row["operation"], at, "operation"),
    ok: boolean(row["ok"], at, "ok"),
    data: textOrNull(row["data"], at, "data"),
  };
};

export const agentRun: Decoder<AgentRun> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    run_id: text(row["run_id"], at, "run_id"),
    agent_id: text(row["agent_id"], at, "agent_id"),
    status: text(row["status"], at, "status"),
  };
};

export const apiResource: Decoder<ApiResource> = (value, at = "") => {
  const row = asRow(value, at);
  return {
    id: text(row["id"], at, "id"),
    name: text(row["name"], at, "name"),
    base_url: text(row["base_url"], at, "base_url"),
    auth_type: textOrNull(row["auth_type"], at, "auth_type"),
    created_at: textOrNull(row["created_at"], at, "created_at"),
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

function text(value: unknown, at: string, field: string): string {
  if (typeof value !== "string") {
    throw new Mismatch(join(at, field), value, "text");
  }
  return value;
}

function textOrNull(value: unknown, at: string, field: string): string | null {
  if (typeof value === "string") {
    return value;
  }
  if (value !== null && value !== undefined) {
    throw new Mismatch(join(at, field), value, "text or null");
  }
  return null;
}

function number(value: unknown, at: string, field: string): number {
  if (typeof value !== "number") {
    throw new Mismatch(join(at, field), value, "a number");
  }
  return value;
}

function numberOrNull(value: unknown, at: string, field: string): number | null {
  return value === null || value === undefined ? null : number(value, at, field);
}

function boolean(value: unknown, at: string, field: string): boolean {
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
