import { createHash } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { SecureContextOptions } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node";

/** What the library fills in: authority, client certificate, authorization header, proxy agent. */
export type Credentials = Omit<RequestOptions, "headers"> & { readonly headers: OutgoingHttpHeaders };

/** How to prove who one is in a TLS handshake, and how to know the server. */
export interface TlsCredentials extends Pick<SecureContextOptions, "ca" | "cert" | "key" | "pfx" | "passphrase"> {
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Reads the credentials anew, so that rotated tokens and certificates are taken up. */
export async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const credentials: Credentials = { headers: {} };
  try {
    await config.applyToHTTPSOptions(credentials);
  } catch (error) {
    throw new Error("while reading the credentials for the API server", { cause: error });
  }
  return credentials;
}

export function tlsCredentials(credentials: Credentials): TlsCredentials {
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = credentials;
  const given = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Equal for credentials that may share a connection. A digest, so that no key material lives on in it. */
export function tlsIdentity(credentials: TlsCredentials): string {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const part of Array.isArray(value) ? (value as readonly unknown[]) : [value as unknown]) {
      const bytes = Buffer.isBuffer(part) ? part : JSON.stringify(part);
      hash.update(`${name} ${bytes.length} `).update(bytes);
    }
  }
  return hash.digest("base64");
}

/** Headers that prove who one is to the API server itself. */
export function authorizationHeaders({ headers, auth }: Credentials): OutgoingHttpHeaders {
  return auth === undefined || auth === null
    ? headers
    : { ...headers, Authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
}
