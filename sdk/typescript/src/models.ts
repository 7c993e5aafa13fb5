/** A device of the inventory. Times are RFC 3339. */
export interface Device {
  /** Never changes. */
  id: string;
  /** Whose device it is. */
  org_id: string | null;
  /** Name in the inventory. */
  name: string;
  /** DNS name or IP address to connect to. */
  hostname: string;
  /** Management port. */
  port: number | null;
  /** Such as `router`, `switch` or `firewall`. */
  device_type: string;
  manufacturer: string | null;
  model: string | null;
  /** Operating system, such as `cisco_iosxe`. */
  platform: string | null;
  /** Where it stands. */
  site: string | null;
  /** How it came into the inventory, such as `manual` or `netbox`. */
  source: string | null;
  /** Id of the credential to sign in with. */
  default_credential_id: string | null;
  created_at: string | null;
  updated_at: string | null;
}

/** What the secret of a {@link Credential} is. A newer Controller may know more types. */
export type CredentialType =
  "ssh_password" | "ssh_key" | "api_token" | "snmp_community" | "generic_secret" | (string & Record<never, never>);

/**
 * A decrypted credential. The Controller writes each read into its audit log.
 *
 * The secret is neither printed nor copied by accident: `console.log` and `JSON.stringify`
 * show `***` in its place, and a spread (`{...credential}`) leaves it out. Read `secret` itself.
 */
export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly credential_type: CredentialType;
  /** Null where the type has none. */
  readonly username: string | null;
  /** Password, private key, token or community in clear text. */
  readonly secret: string;
  readonly created_at: string | null;
}

/** One message of a conversation. */
export interface ChatMessage {
  /** Who speaks. */
  role: "system" | "user" | "assistant";
  /** What is said. */
  content: string;
}

/** What an answer of a language model took, in tokens. */
export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

/** The answer of a language model. */
export interface ChatResponse {
  content: string;
  /** The language model that answered. */
  model: string | null;
  /** Such as `stop` or `length`. */
  finish_reason: string | null;
  usage: ChatUsage | null;
}

/** A passage of the knowledge base. */
export interface KnowledgeResult {
  /** Of the document. */
  id: string;
  /** Of the document. */
  title: string;
  /** The passage, as plain text. */
  snippet: string;
  /** The larger the better it fits; comparable within one answer only. */
  score: number | null;
  /** Where the document came from. */
  source: string | null;
  url: string | null;
}

/** A document to index. */
export interface NewKnowledgeDocument {
  title: string;
  /** Text or Markdown. */
  content: string;
  /** Where the document comes from. */
  source?: string | undefined;
  url?: string | undefined;
  /** Anything else that should stay with the document. */
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Whose knowledge it is; that of the token's organisation when not given. */
  orgId?: string | undefined;
}

/** A document that was indexed. */
export interface KnowledgeDocument {
  id: string;
  title: string;
  /** How many passages it was divided into. */
  chunks: number;
  created_at: string | null;
}

/** A value to write. */
export interface GnmiUpdate {
  /** Such as `/interfaces/interface[name=Ethernet1]/config/mtu`. */
  path: string;
  /** Any JSON value. It replaces what the path holds. */
  value: unknown;
}

/** What a device shall do over gNMI. */
export interface GnmiRequest {
  deviceId: string;
  operation: "get" | "set" | "capabilities";
  /** What `get` reads. */
  paths?: readonly string[] | undefined;
  /** What `set` writes. */
  updates?: readonly GnmiUpdate[] | undefined;
  /** What `set` removes. */
  deletes?: readonly string[] | undefined;
  /** How the device encodes values; `json_ietf` when not given. */
  encoding?: "json" | "json_ietf" | undefined;
}

/** One value that a device told. */
export interface GnmiNotification {
  path: string;
  /** Any JSON value, null for a path that was deleted. */
  value: unknown;
}

/** What a device answered over gNMI. */
export interface GnmiResponse {
  device_id: string;
  operation: string;
  timestamp: string | null;
  notifications: GnmiNotification[];
}

/** What a device shall do over NETCONF. */
export interface NetconfRequest {
  deviceId: string;
  operation: "get" | "get-config" | "edit-config" | "rpc";
  /** The datastore of `get-config` and `edit-config`; `running` when not given. */
  target?: "running" | "candidate" | "startup" | undefined;
  /** A subtree filter of `get` and `get-config`, as XML. */
  filter?: string | undefined;
  /** What `edit-config` merges, as XML. */
  config?: string | undefined;
  /** The body of `rpc`, as XML. */
  rpc?: string | undefined;
}

/** What a device answered over NETCONF. */
export interface NetconfResponse {
  device_id: string;
  operation: string;
  /** Whether the device did it; `data` holds its `rpc-error` when it refused. */
  ok: boolean;
  /** XML text. */
  data: string | null;
}

/** A run of an agent that was accepted. */
export interface AgentRun {
  run_id: string;
  agent_id: string;
  /** Such as `queued` or `running`. */
  status: string;
}

/** An external API that an administrator registered for plugins. */
export interface ApiResource {
  id: string;
  name: string;
  base_url: string;
  /** Such as `none`, `basic`, `bearer` or `api_key`. */
  auth_type: string | null;
  created_at: string | null;
}
