import { Core } from "./core.js";
import { Agents, ApiResources, Credentials, Devices, Gnmi, Knowledge, LLM, Netconf } from "./operations.js";
import { type NetStacksClientOptions, settingsOf } from "./settings.js";
import { transportFor } from "./transport.js";

/**
 * The Controller, as the plugin's service token lets it be seen. One client serves any number of
 * calls at the same time; make one and keep it.
 *
 * @example
 * ```ts
 * const client = new NetStacksClient(); // reads CONTROLLER_API_URL and NETSTACKS_SERVICE_TOKEN
 * for (const device of await client.devices.list("switch")) {
 *   console.log(device.name, device.hostname);
 * }
 * ```
 */
export class NetStacksClient {
  /** The device inventory. */
  readonly devices: Devices;
  /** Decrypted credentials. */
  readonly credentials: Credentials;
  /** Language models. */
  readonly llm: LLM;
  /** The knowledge base. */
  readonly knowledge: Knowledge;
  /** gNMI operations against devices. */
  readonly gnmi: Gnmi;
  /** NETCONF operations against devices. */
  readonly netconf: Netconf;
  /** Autonomous agents. */
  readonly agents: Agents;
  /** External APIs that administrators registered. */
  readonly apiResources: ApiResources;

  readonly #core: Core;

  /**
   * Takes what it is given, and the rest from the environment.
   *
   * @throws {@link NetStacksError} when the address or the token is missing or cannot be used, or
   * `NETSTACKS_CA_CERT` cannot.
   */
  constructor(options: NetStacksClientOptions = {}) {
    const settings = settingsOf(options, process.env);
    this.#core = new Core(settings, transportFor(settings.root, process.env, options.fetch));
    this.devices = new Devices(this.#core);
    this.credentials = new Credentials(this.#core);
    this.llm = new LLM(this.#core);
    this.knowledge = new Knowledge(this.#core);
    this.gnmi = new Gnmi(this.#core);
    this.netconf = new Netconf(this.#core);
    this.agents = new Agents(this.#core);
    this.apiResources = new ApiResources(this.#core);
  }

  /** Closes idle connections at once. Without it, they close by themselves after some seconds. */
  close(): void {
    this.#core.close();
  }
}
