/** The vectors of the contract, as its README.md and vectors.schema.json describe them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Vector {
  name: string;
  client?: { base_url?: string; token?: string; timeout_ms?: number; env?: Record<string, string> };
  tls?: { server: "self-signed" | "wrong-host" | "expired"; trust: string };
  call: { operation: string; args: Record<string, unknown> };
  exchange: Step[];
  wait_ms?: { min: number; max: number };
  result?: unknown;
  error?: ExpectedError;
}

export interface Step {
  request: {
    method: string;
    path: string;
    query?: Record<string, string>;
    headers: Record<string, string>;
    body?: unknown;
  };
  response: StubResponse;
}

export interface StubResponse {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  fault?: "close" | "hang" | "slow";
  delay_ms?: number;
}

export interface ExpectedError {
  kind: string;
  status?: number;
  message?: string;
  message_has?: string[];
  message_lacks?: string[];
  required?: string | null;
}

/** All vectors by their topic, with what repeats written out. */
export function readVectors(): Map<string, Vector[]> {
  const folder = join(__dirname, "../../../contract/vectors"); // from build/test
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  return new Map(
    files.map((name) => {
      const file = JSON.parse(readFileSync(join(folder, name), "utf8")) as { topic: string; vectors: Vector[] };
      return [file.topic, file.vectors.map((vector) => writtenOut(vector) as Vector)];
    }),
  );
}

interface Repeat {
  count: number;
  start?: number;
  item?: unknown;
  text?: string;
}

/** Replaces each `$repeat`. */
function writtenOut(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(writtenOut);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "$repeat") {
    const { count, start = 0, item, text } = first[1] as Repeat;
    return text === undefined
      ? Array.from({ length: count }, (_, index) => numbered(item, start + index))
      : text.repeat(count);
  }
  return Object.fromEntries(entries.map(([name, field]) => [name, writtenOut(field)]));
}

function numbered(value: unknown, index: number): unknown {
  if (typeof value === "string") {
    return value.replaceAll("${n}", String(index)).replaceAll("${n12}", String(index).padStart(12, "0"));
  }
  if (Array.isArray(value)) {
    return value.map((element) => numbered(element, index));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, numbered(field, index)]));
  }
  return value;
}
