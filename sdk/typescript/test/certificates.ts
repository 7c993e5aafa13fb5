/** Certificates for TLS stubs, made anew so that no key lies in the project. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

/** A certificate in PEM form with its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Who signs certificates. */
export interface Authority extends Certificate {
  issue(hosts: readonly string[], ends?: Date): Certificate;
}

const day = 86_400_000;
const ecdsaWithSha256 = sequence(der(0x06, hex("2a8648ce3d040302")));

/** An authority that no system trusts. */
export function createAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ca = extension("551d13", sequence(der(0x01, hex("ff"))));
  const tomorrow = new Date(Date.now() + day);
  const own = certificate({
    subject: name,
    issuer: name,
    publicKey,
    signer: privateKey,
    extensions: ca,
    ends: tomorrow,
  });
  return {
    cert: own,
    key: pem(privateKey),
    issue(hosts, ends = tomorrow) {
      const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const names = hosts.map((host) =>
        isIP(host) === 4 ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
      );
      const cert = certificate({
        subject: hosts[0] ?? name,
        issuer: name,
        publicKey: keys.publicKey,
        signer: privateKey,
        extensions: extension("551d11", sequence(...names)),
        ends,
      });
      return { cert, key: pem(keys.privateKey) };
    },
  };
}

interface Content {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: Buffer;
  ends: Date;
}

function certificate(content: Content): string {
  const body = sequence(
    der(0xa0, der(0x02, hex("02"))), // version 3
    der(0x02, createHash("sha256").update(randomBytes(16)).digest().fill(1, 0, 1)),
    ecdsaWithSha256,
    commonName(content.issuer),
    sequence(utcTime(new Date(Date.now() - 10 * day)), utcTime(content.ends)),
    commonName(content.subject),
    content.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(content.extensions)),
  );
  const signed = sequence(body, ecdsaWithSha256, der(0x03, hex("00"), sign("sha256", body, content.signer)));
  const base64 = signed.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, hex("550403")), der(0x0c, Buffer.from(name)))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(der(0x06, hex(id)), der(0x04, value));
}

function utcTime(time: Date): Buffer {
  return der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** A value of ASN.1 in its distinguished encoding. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
