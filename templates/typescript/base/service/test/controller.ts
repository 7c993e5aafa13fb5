/** Controllers for tests: real servers on this machine, and a certificate. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** Starts a server for as long as the test runs and returns its base URL. */
export async function startController(
  t: TestContext,
  answer: http.RequestListener,
  tls?: https.ServerOptions,
): Promise<string> {
  const server = tls
    ? https.createServer(tls, answer)
    : http.createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `${tls ? "https" : "http"}://127.0.0.1:${String(port)}`;
}

/** Answers with JSON. */
export function json(
  response: http.ServerResponse,
  body: unknown,
  status = 200,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json",
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** A certificate for 127.0.0.1 that is its own CA, made anew so that no key lies in the project. */
export function createCertificate(): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const subjectKey = publicKey.export({ type: "spki", format: "der" });
  const ecdsaWithSha256 = sequence(der(0x06, hex("2a8648ce3d040302")));
  const name = sequence(
    der(
      0x31,
      sequence(der(0x06, hex("550403")), der(0x0c, Buffer.from("test"))),
    ),
  );
  const extensions = sequence(
    // Basic constraints: a CA. Subject alternative name: 127.0.0.1.
    sequence(
      der(0x06, hex("551d13")),
      der(0x04, sequence(der(0x01, hex("ff")))),
    ),
    sequence(
      der(0x06, hex("551d11")),
      der(0x04, sequence(der(0x87, hex("7f000001")))),
    ),
  );
  const body = sequence(
    der(0xa0, der(0x02, hex("02"))), // version 3
    der(0x02, createHash("sha256").update(subjectKey).digest().fill(1, 0, 1)),
    ecdsaWithSha256,
    name,
    sequence(utcTime("200101000000Z"), utcTime("491231235959Z")),
    name,
    subjectKey,
    der(0xa3, extensions),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(
    body,
    ecdsaWithSha256,
    der(0x03, hex("00"), signature),
  );
  const base64 = certificate.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

function utcTime(time: string): Buffer {
  return der(0x17, Buffer.from(time));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value of ASN.1 in its distinguished encoding. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
