/**
 * The client library of the NetStacks Controller's internal API for plugins.
 *
 * @packageDocumentation
 */
export { NetStacksClient } from "./client.js";
export type { CallOptions } from "./core.js";
export {
  NetStacksAPIError,
  NetStacksConfigError,
  NetStacksConnectionError,
  NetStacksDecodeError,
  NetStacksError,
  NetStacksTimeoutError,
  NetStacksTLSError,
} from "./errors.js";
export type { NetStacksErrorKind } from "./errors.js";
export type * from "./models.js";
export type {
  Agents,
  AllDevicesOptions,
  ApiResources,
  ChatOptions,
  Credentials,
  DeviceFilter,
  Devices,
  Gnmi,
  Knowledge,
  ListDevicesOptions,
  LLM,
  Netconf,
  SearchOptions,
  TriggerOptions,
} from "./operations.js";
export type { NetStacksClientOptions } from "./settings.js";
export type { FetchInit, FetchLike, FetchResponse } from "./transport.js";
