/** The vectors of the contract, as its README.md and vectors.schema.json describe them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A vector that a stub answers. */
export interface Vector extends Expectation {
  name: string;
  client?: { base_url?: string; token?: string; timeout_ms?: number; env?: Record<string, string> };
  tls?: { server: "self-signed" | "wrong-host" | "expired"; trust: string };
  call: Call;
  exchange: Step[];
  wait_ms?: { min: number; max: number };
}

/** A vector that the local Controller answers. */
export interface ControllerVector extends Expectation {
  name: string;
  client?: { token: string };
  before?: Call[];
  call: Call;
  exchange?: undefined;
}

export interface Call {
  operation: string;
  args: Record<string, unknown>;
}

/** What is to come of a call. */
export interface Expectation {
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

/** The vectors that a stub answers, by their topic, with what repeats written out. */
export function readVectors(): Map<string, Vector[]> {
  const all = readFiles().map(({ topic, vectors }) => {
    const scripted = vectors.filter((vector): vector is Vector => vector.exchange !== undefined);
    return [topic, scripted] as const;
  });
  return new Map(all.filter(([, vectors]) => vectors.length > 0));
}

/** The vectors that the local Controller answers, with what repeats written out. */
export function readControllerVectors(): ControllerVector[] {
  return readFiles()
    .flatMap(({ vectors }) => vectors)
    .filter((vector): vector is ControllerVector => vector.exchange === undefined);
}

interface File {
  topic: string;
  vectors: (Vector | ControllerVector)[];
}

function readFiles(): File[] {
  const folder = join(__dirname, "../../../contract/vectors"); // from build/test
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => writtenOut(JSON.parse(readFileSync(join(folder, name), "utf8"))) as File);
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
