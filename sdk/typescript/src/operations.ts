import { type CallOptions, type Core, nonBlank, segment } from "./core.js";
import * as decode from "./decode.js";
import { refuse } from "./errors.js";
import type {
  AgentRun,
  ApiResource,
  ChatMessage,
  ChatResponse,
  Credential,
  Device,
  GnmiRequest,
  GnmiResponse,
  KnowledgeDocument,
  KnowledgeResult,
  NetconfRequest,
  NetconfResponse,
  NewKnowledgeDocument,
} from "./models.js";

/** Which devices. */
export interface DeviceFilter extends CallOptions {
  /** Only devices of exactly this type. */
  deviceType?: string | undefined;
  /** Only devices of this organisation. */
  orgId?: string | undefined;
}

/** Which devices, and how many of them. */
export interface ListDevicesOptions extends DeviceFilter {
  /** At most so many devices, 1 to 1000. */
  limit?: number | undefined;
  /** Leave out so many devices from the start. */
  offset?: number | undefined;
}

/** Which devices, and how many with each request. */
export interface AllDevicesOptions extends DeviceFilter {
  /** How many devices to ask for at a time, 1 to 1000; 100 when not given. */
  pageSize?: number | undefined;
}

/** The device inventory. Needs the capability `read_devices`. */
export class Devices {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Lists devices; all of them without a filter.
   *
   * @example
   * ```ts
   * await client.devices.list("switch");
   * await client.devices.list({ orgId, limit: 10 });
   * ```
   */
  list(deviceType?: string, options?: ListDevicesOptions): Promise<Device[]>;
  list(options: ListDevicesOptions): Promise<Device[]>;
  async list(first?: string | ListDevicesOptions, second?: ListDevicesOptions): Promise<Device[]> {
    const options = withType(first, second);
    return this.#core.call(
      {
        method: "GET",
        path: "/devices",
        query: {
          org_id: options.orgId,
          device_type: options.deviceType,
          limit: options.limit,
          offset: options.offset,
        },
        decode: decode.listOf(decode.device),
      },
      options,
    );
  }

  /** Gets a device, or null where none has this id. */
  async get(id: string, options?: CallOptions): Promise<Device | null> {
    return this.#core.find({ method: "GET", path: `/devices/${segment(id)}`, decode: decode.device }, options);
  }

  /**
   * Yields devices page by page, however many there are.
   *
   * @example
   * ```ts
   * for await (const device of client.devices.all("router")) {
   *   console.log(device.name);
   * }
   * ```
   */
  all(deviceType?: string, options?: AllDevicesOptions): AsyncGenerator<Device, void, undefined>;
  all(options: AllDevicesOptions): AsyncGenerator<Device, void, undefined>;
  async *all(first?: string | AllDevicesOptions, second?: AllDevicesOptions): AsyncGenerator<Device, void, undefined> {
    const { pageSize = 100, ...options } = withType(first, second);
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
      throw refuse(`pageSize is ${String(pageSize)}; it must be a whole number from 1 to 1000`);
    }
    let before: string | undefined;
    for (let offset = 0; ; offset += pageSize) {
      const page = await this.list({ ...options, limit: pageSize, offset });
      const first = page[0]?.id;
      if (offset > 0 && first === before) {
        return; // The Controller ignores offset.
      }
      yield* page;
      if (page.length !== pageSize) {
        return; // The last page; a longer one is of a Controller that does not page.
      }
      before = first;
    }
  }
}

function withType<T extends DeviceFilter>(first: string | T | undefined, second: T | undefined): Partial<T> {
  return typeof first === "object"
    ? first
    : ({ ...second, ...(first !== undefined && { deviceType: first }) } as Partial<T>);
}

/** Decrypted credentials. Needs the capability `read_credentials`. */
export class Credentials {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Gets a credential with its secret, or null where none has this id. Each read is audit logged. */
  async get(id: string, options?: CallOptions): Promise<Credential | null> {
    return this.#core.find({ method: "GET", path: `/credentials/${segment(id)}`, decode: decode.credential }, options);
  }
}

/** How a language model shall answer. */
export interface ChatOptions extends CallOptions {
  /** Name of the language model; the Controller chooses when not given. */
  model?: string | undefined;
  /** From 0, the same answer each time, to 2. */
  temperature?: number | undefined;
  /** Longest answer, in tokens. */
  maxTokens?: number | undefined;
  /** Who pays; the token's organisation when not given. */
  orgId?: string | undefined;
}

/** Language models. Needs the capability `invoke_llm`. */
export class LLM {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Answers a conversation, oldest message first.
   *
   * @example
   * ```ts
   * await client.llm.chat([{ role: "user", content: "Explain VLANs." }], "claude-3-5-sonnet-20241022");
   * await client.llm.chat(messages, { temperature: 0, maxTokens: 256 });
   * ```
   */
  chat(messages: readonly ChatMessage[], model?: string, options?: ChatOptions): Promise<ChatResponse>;
  chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatResponse>;
  async chat(
    messages: readonly ChatMessage[],
    second?: string | ChatOptions,
    third?: ChatOptions,
  ): Promise<ChatResponse> {
    const options = typeof second === "object" ? second : { ...third, ...(second !== undefined && { model: second }) };
    return this.#core.call(
      {
        method: "POST",
        path: "/llm/chat",
        body: {
          messages,
          model: options.model,
          temperature: options.temperature,
          max_tokens: options.maxTokens,
          org_id: options.orgId,
        },
        decode: decode.chatResponse,
      },
      options,
    );
  }
}

/** Where to search, and for how much. */
export interface SearchOptions extends CallOptions {
  /** At most so many passages, 1 to 100; 10 when not given. */
  limit?: number | undefined;
  /** Only passages of this organisation. */
  orgId?: string | undefined;
}

/** The knowledge base. Searching needs the capability `search_knowledge`, indexing `create_knowledge_document`. */
export class Knowledge {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Searches for passages that fit the question, best first. */
  async search(query: string, options: SearchOptions = {}): Promise<KnowledgeResult[]> {
    return this.#core.call(
      {
        method: "GET",
        path: "/knowledge/search",
        query: { q: query, org_id: options.orgId, limit: options.limit },
        decode: decode.listOf(decode.knowledgeResult),
      },
      options,
    );
  }

  /** Indexes a document. The next search finds it. */
  async createDocument(document: NewKnowledgeDocument, options?: CallOptions): Promise<KnowledgeDocument> {
    return this.#core.call(
      {
        method: "POST",
        path: "/knowledge/documents",
        body: {
          title: document.title,
          content: document.content,
          source: document.source,
          url: document.url,
          metadata: document.metadata,
          org_id: document.orgId,
        },
        decode: decode.knowledgeDocument,
      },
      options,
    );
  }
}

/** gNMI, through the Controller. Needs the capability `execute_gnmi`. */
export class Gnmi {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Executes an operation on a device. */
  async execute(request: GnmiRequest, options?: CallOptions): Promise<GnmiResponse> {
    return this.#core.call(
      {
        method: "POST",
        path: "/gnmi/execute",
        body: {
          device_id: nonBlank("deviceId", request.deviceId),
          operation: request.operation,
          paths: request.paths,
          updates: request.updates,
          deletes: request.deletes,
          encoding: request.encoding,
        },
        decode: decode.gnmiResponse,
      },
      options,
    );
  }
}

/** NETCONF, through the Controller. Needs the capability `execute_netconf`. */
export class Netconf {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Executes an operation on a device. */
  async execute(request: NetconfRequest, options?: CallOptions): Promise<NetconfResponse> {
    return this.#core.call(
      {
        method: "POST",
        path: "/netconf/execute",
        body: {
          device_id: nonBlank("deviceId", request.deviceId),
          operation: request.operation,
          target: request.target,
          filter: request.filter,
          config: request.config,
          rpc: request.rpc,
        },
        decode: decode.netconfResponse,
      },
      options,
    );
  }
}

/** What an agent is told. */
export interface TriggerOptions extends CallOptions {
  /** What the agent shall do. */
  prompt?: string | undefined;
  /** Anything the agent should know. */
  context?: Readonly<Record<string, unknown>> | undefined;
}

/** Autonomous agents. Needs the capability `trigger_agent`. */
export class Agents {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Starts a run of an agent, which goes on by itself. */
  async trigger(agentId: string, options: TriggerOptions = {}): Promise<AgentRun> {
    return this.#core.call(
      {
        method: "POST",
        path: "/agents/trigger",
        body: { agent_id: nonBlank("agentId", agentId), prompt: options.prompt, context: options.context },
        decode: decode.agentRun,
      },
      options,
    );
  }
}

/** External APIs that administrators registered for plugins. Needs the capability `read_api_resources`. */
export class ApiResources {
  readonly #core: Core;

  /** @internal */
  constructor(core: Core) {
    this.#core = core;
  }

  /** Lists the API resources, without their credentials. */
  async list(options?: CallOptions): Promise<ApiResource[]> {
    return this.#core.call(
      { method: "GET", path: "/api-resources", decode: decode.listOf(decode.apiResource) },
      options,
    );
  }
}
