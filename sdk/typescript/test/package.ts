import type { ChatMessage, Credential, GnmiRequest, GnmiUpdate, NetconfRequest } from "../src/index.js";
import { NetStacksAPIError, NetStacksClient, NetStacksError } from "../src/index.js";
import { type Failure, type Given, type Library } from "./contract.js";

type Args = Record<string, unknown>;

const operations: Record<string, (client: NetStacksClient, args: Args) => Promise<unknown>> = {
  "devices.list": (client, args) => client.devices.list(filter(args)),
  "devices.get": (client, args) => client.devices.get(args["id"] as string),
  "devices.all": async (client, args) => {
    const all = [];
    for await (const device of client.devices.all({ ...filter(args), pageSize: args["page_size"] as undefined })) {
      all.push(device);
    }
    return all;
  },
  "credentials.get": async (client, args) => canonical(await client.credentials.get(args["id"] as string)),
  "llm.chat": (client, args) =>
    client.llm.chat(args["messages"] as ChatMessage[], {
      model: args["model"] as undefined,
      temperature: args["temperature"] as undefined,
      maxTokens: args["max_tokens"] as undefined,
      orgId: args["org_id"] as undefined,
    }),
  "knowledge.search": (client, args) =>
    client.knowledge.search(args["q"] as string, {
      limit: args["limit"] as undefined,
      orgId: args["org_id"] as undefined,
    }),
  "knowledge.create_document": (client, args) =>
    client.knowledge.createDocument({
      title: args["title"] as string,
      content: args["content"] as string,
      source: args["source"] as undefined,
      url: args["url"] as undefined,
      metadata: args["metadata"] as undefined,
      orgId: args["org_id"] as undefined,
    }),
  "gnmi.execute": (client, args) =>
    client.gnmi.execute({
      deviceId: args["device_id"] as string,
      operation: args["operation"] as GnmiRequest["operation"],
      paths: args["paths"] as string[],
      updates: args["updates"] as GnmiUpdate[],
      deletes: args["deletes"] as string[],
      encoding: args["encoding"] as undefined,
    }),
  "netconf.execute": (client, args) =>
    client.netconf.execute({
      deviceId: args["device_id"] as string,
      operation: args["operation"] as NetconfRequest["operation"],
      target: args["target"] as undefined,
      filter: args["filter"] as undefined,
      config: args["config"] as undefined,
      rpc: args["rpc"] as undefined,
    }),
  "agents.trigger": (client, args) =>
    client.agents.trigger(args["agent_id"] as string, {
      prompt: args["prompt"] as undefined,
      context: args["context"] as undefined,
    }),
  "api_resources.list": (client) => client.apiResources.list(),
};

export const library: Library = {
  has: () => true,
  async call(given: Given, operation: string, args: Args): Promise<unknown> {
    const client = new NetStacksClient(given);
    try {
      return await operations[operation]?.(client, args);
    } finally {
      client.close();
    }
  },
  failure(error: unknown): Failure {
    if (error instanceof NetStacksAPIError) {
      return { kind: error.kind, status: error.status, message: error.message, required: error.required };
    }
    return error instanceof NetStacksError ? { kind: error.kind } : { kind: "not of the library" };
  },
};

function filter(args: Args): { deviceType?: string; orgId?: string; limit?: number; offset?: number } {
  return {
    ...("device_type" in args && { deviceType: args["device_type"] as string }),
    ...("org_id" in args && { orgId: args["org_id"] as string }),
    ...("limit" in args && { limit: args["limit"] as number }),
    ...("offset" in args && { offset: args["offset"] as number }),
  };
}

function canonical(credential: Credential | null): unknown {
  return credential && { ...credential, secret: credential.secret };
}
