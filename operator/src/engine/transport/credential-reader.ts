import type { OutgoingHttpHeaders } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "../kit/clock.ts";
import {
  authorizationHeaders,
  readCredentials,
  type TlsCredentials,
  tlsCredentials,
  tlsIdentity,
} from "./http-credentials.ts";

/** Reading and comparing them costs as much as a small request; what rotates them gives far more notice than this. */
const FRESH_MS = 1_000;

export interface CurrentCredentials {
  readonly tls: TlsCredentials;
  /** As `tlsIdentity`. */
  readonly identity: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Reads the credentials for the API server, anew when the last look is a second old. */
export class CredentialReader {
  readonly #config: KubeConfig;
  readonly #clock: Pick<Clock, "monotonic">;
  #last: { readonly at: number; readonly credentials: Promise<CurrentCredentials> } | undefined;

  constructor(config: KubeConfig, clock: Pick<Clock, "monotonic">) {
    this.#config = config;
    this.#clock = clock;
  }

  /** Throws when they cannot be read; then the next call tries again. */
  async read(): Promise<CurrentCredentials> {
    const now = this.#clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= FRESH_MS) {
      this.#last = { at: now, credentials: this.#readAnew() };
    }
    const { credentials } = this.#last;
    try {
      return await credentials;
    } catch (error) {
      if (this.#last?.credentials === credentials) this.#last = undefined;
      throw error;
    }
  }

  async #readAnew(): Promise<CurrentCredentials> {
    const credentials = await readCredentials(this.#config);
    const tls = tlsCredentials(credentials);
    return { tls, identity: tlsIdentity(tls), headers: authorizationHeaders(credentials) };
  }
}
