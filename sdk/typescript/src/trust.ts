import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import tls from "node:tls";

import { NetStacksTLSError } from "./errors.js";
import type { Environment } from "./settings.js";

/** What decides whether a certificate of the Controller is trusted. */
export type Trust = { rejectUnauthorized: false } | { rejectUnauthorized: true; secureContext: tls.SecureContext };

/** Where Linux distributions and BSDs keep the roots of the system, in one file. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

let warned = false;

/** Reads `NETSTACKS_CA_CERT` and `NETSTACKS_TLS_VERIFY`. */
export function trustOf(env: Environment): Trust {
  const verify = env["NETSTACKS_TLS_VERIFY"]?.trim().toLowerCase() ?? "";
  if (["false", "0", "no", "off"].includes(verify)) {
    if (!warned) {
      warned = true;
      process.stderr.write(`NETSTACKS_TLS_VERIFY=${verify}: the Controller's certificate is not checked\n`);
    }
    return { rejectUnauthorized: false };
  }
  const own = ownRoots(env["NETSTACKS_CA_CERT"]?.trim() ?? "");
  return {
    rejectUnauthorized: true,
    secureContext: tls.createSecureContext({ ca: [...systemRoots(env), ...own] }),
  };
}

/** The certificates of a PEM file, or of its text. */
function ownRoots(given: string): string[] {
  if (given === "") {
    return [];
  }
  let pem = given;
  if (!given.startsWith("-----BEGIN ")) {
    try {
      pem = readFileSync(given, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      throw new NetStacksTLSError(`NETSTACKS_CA_CERT names ${given}, which cannot be read (${code})`);
    }
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new NetStacksTLSError("NETSTACKS_CA_CERT does not hold certificates in PEM form that can be read");
  }
  return certificates;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

let roots: string[] | undefined;

/** The roots that Node.js brings along, and those of the system. */
function systemRoots(env: Environment): string[] {
  if (roots === undefined) {
    // Since Node.js 22.15; "default" has NODE_EXTRA_CA_CERTS in it.
    const { getCACertificates } = tls as { getCACertificates?: (type: "default" | "system") => string[] };
    const found =
      getCACertificates === undefined
        ? [...tls.rootCertificates, ...bundle(env)]
        : [...getCACertificates("default"), ...getCACertificates("system"), ...bundle(env)];
    roots = [...new Set(found.map((pem) => pem.trim()))];
  }
  return roots;
}

function bundle(env: Environment): string[] {
  const files = [env["SSL_CERT_FILE"], ...bundles].filter((file): file is string => file !== undefined);
  const first = files.find((file) => existsSync(file));
  const extra = [first, env["NODE_EXTRA_CA_CERTS"]].filter((file): file is string => file !== undefined);
  return extra.flatMap((file) => {
    try {
      return readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    } catch {
      return []; // What the system cannot read is the system's affair.
    }
  });
}
