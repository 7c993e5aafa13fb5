/** A Controller that answers by the book, over raw sockets so that it can break off where it likes. */
import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";

import type { Certificate } from "./certificates.js";
import type { StubResponse } from "./format.js";

/** A request as it came over the wire. */
export interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
  /** The number of its connection, from 1. */
  connection: number;
}

/** Answers the request with this number, from 0. */
export type Script = (index: number, request: Seen) => StubResponse | undefined;

export class Stub {
  readonly requests: Seen[] = [];
  /** Connections that are open now. */
  readonly sockets = new Set<net.Socket>();
  /** Connections that were ever opened. */
  connections = 0;
  readonly #server: net.Server;
  readonly #script: Script;
  readonly #scheme: string;

  private constructor(script: Script, certificate: Certificate | undefined) {
    this.#script = script;
    this.#scheme = certificate === undefined ? "http" : "https";
    const serve = (socket: net.Socket) => {
      this.#serve(socket).catch(() => socket.destroy());
    };
    this.#server = certificate === undefined ? net.createServer(serve) : tls.createServer(certificate, serve);
    this.#server.on("tlsClientError", () => undefined);
  }

  static async start(script: Script, certificate?: Certificate): Promise<Stub> {
    const stub = new Stub(script, certificate);
    stub.#server.listen(0, "127.0.0.1");
    await once(stub.#server, "listening");
    return stub;
  }

  get url(): string {
    const { port } = this.#server.address() as net.AddressInfo;
    return `${this.#scheme}://127.0.0.1:${String(port)}`;
  }

  close(): void {
    this.sockets.forEach((socket) => socket.destroy());
    this.#server.close();
  }

  async #serve(socket: net.Socket): Promise<void> {
    const connection = ++this.connections;
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const parsed = parse(rest, connection);
        if (parsed === undefined) {
          break;
        }
        rest = parsed.rest;
        const index = this.requests.push(parsed.request) - 1;
        const response = this.#script(index, parsed.request) ?? { status: 500, json: { error: "unexpected" } };
        await this.#answer(socket, response);
      }
    }
  }

  async #answer(socket: net.Socket, response: StubResponse): Promise<void> {
    if (response.fault === "hang") {
      await once(socket, "close");
      return;
    }
    if (response.status === undefined) {
      socket.destroy();
      return;
    }
    if (response.delay_ms !== undefined && response.fault !== "slow") {
      await sleep(response.delay_ms);
    }
    const body = Buffer.from(response.json === undefined ? (response.text ?? "") : JSON.stringify(response.json));
    const headers = {
      ...(response.json !== undefined && { "content-type": "application/json" }),
      "content-length": String(body.length + (response.fault === "close" ? 10 : 0)),
      ...Object.fromEntries(Object.entries(response.headers ?? {}).map(([name, value]) => [name, this.#filled(value)])),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${String(response.status)} Stub\r\n${lines.join("")}\r\n`);
    if (response.fault === "slow") {
      const size = Math.ceil(body.length / 10);
      for (let start = 0; start < body.length && !socket.destroyed; start += size) {
        await sleep(response.delay_ms);
        socket.write(body.subarray(start, start + size));
      }
      return;
    }
    socket.write(body);
    if (response.fault === "close") {
      socket.end();
    }
  }

  #filled(header: string): string {
    return header
      .replaceAll("${STUB}", this.url)
      .replaceAll("${HTTP_DATE+2}", () => new Date(Date.now() + 2_000).toUTCString());
  }
}

/** The first request of the bytes, if they hold it whole. */
function parse(bytes: Buffer, connection: number): { request: Seen; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) {
    return undefined;
  }
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  if (headers["transfer-encoding"] !== undefined) {
    throw new Error("the stub reads no chunks");
  }
  const start = end + 4;
  const length = Number(headers["content-length"] ?? "0");
  if (bytes.length < start + length) {
    return undefined;
  }
  const [method = "", target = ""] = first.split(" ");
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = Object.fromEntries(new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)));
  const body = bytes.subarray(start, start + length).toString();
  return { request: { method, path, query, headers, body, connection }, rest: bytes.subarray(start + length) };
}
