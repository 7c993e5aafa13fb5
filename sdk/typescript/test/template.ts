/** The SDK file that new plugins come with behaves as the package does, in the operations that it has. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import ts from "typescript";

import { type Failure, type Given, type Library } from "./contract.js";

type Args = Record<string, unknown>;

/** What the file exports, as far as the test needs it. */
interface Bundled {
  NetStacksSDK: new (options: { baseUrl?: string; token?: string; timeoutMilliseconds?: number }) => SDK;
  NetStacksError: new () => Error & { kind: string };
  NetStacksAPIError: new () => Error & { status: number; reason: string; required?: string };
}

interface SDK {
  listDevices(options: object): Promise<object[]>;
  getDevice(id: unknown): Promise<object | undefined>;
  getCredential(id: unknown): Promise<{ secret: string } | undefined>;
  chat(messages: unknown, options: object): Promise<object>;
  searchKnowledge(query: unknown, options: object): Promise<object[]>;
  close(): void;
}

const operations: Record<string, (sdk: SDK, args: Args) => Promise<unknown>> = {
  "devices.list": (sdk, args) =>
    sdk.listDevices({
      deviceType: args["device_type"],
      orgId: args["org_id"],
      limit: args["limit"],
      offset: args["offset"],
    }),
  "devices.get": async (sdk, args) => (await sdk.getDevice(args["id"])) ?? null,
  "credentials.get": async (sdk, args) => {
    const credential = await sdk.getCredential(args["id"]);
    return credential === undefined ? null : { ...credential, secret: credential.secret };
  },
  "llm.chat": (sdk, { messages, model, temperature, max_tokens: maxTokens, org_id: orgId }) =>
    sdk.chat(messages, { model, temperature, maxTokens, orgId }),
  "knowledge.search": (sdk, { q, limit, org_id: orgId }) => sdk.searchKnowledge(q, { limit, orgId }),
};

const service = join(__dirname, "../../../../templates/typescript/base/service"); // from build/test
const file = join(__dirname, `../template/sdk-${String(process.pid)}.mjs`); // test files run side by side
mkdirSync(join(file, ".."), { recursive: true });
const { outputText } = ts.transpileModule(readFileSync(join(service, "src/sdk.ts"), "utf8"), {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
writeFileSync(file, outputText);

let bundled: Bundled | undefined;

export const library: Library = {
  async ready() {
    bundled = (await import(pathToFileURL(file).href)) as Bundled;
  },
  has: (operation) => operation in operations,
  async call({ timeout, ...given }: Given, operation: string, args: Args): Promise<unknown> {
    const { NetStacksSDK } = loaded();
    const sdk = new NetStacksSDK({ ...given, ...(timeout !== undefined && { timeoutMilliseconds: timeout }) });
    try {
      return await operations[operation]?.(sdk, args);
    } finally {
      sdk.close();
    }
  },
  failure(error: unknown): Failure {
    const { NetStacksAPIError, NetStacksError } = loaded();
    if (error instanceof NetStacksAPIError) {
      return { kind: "api", status: error.status, message: error.reason, required: error.required ?? null };
    }
    return { kind: error instanceof NetStacksError ? error.kind : "not of the SDK" };
  },
};

function loaded(): Bundled {
  if (bundled === undefined) {
    throw new Error("the SDK file is not loaded");
  }
  return bundled;
}
