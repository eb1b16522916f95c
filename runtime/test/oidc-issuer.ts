import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Issuer, keySetOf, makeKey, type SigningKey } from "./issuer.ts";

/** How the issuer answers: as it should, with an error, not at all, or with a break of the connection. */
export type Manner = "well" | "with-500" | "never" | "broken";

/** An OpenID Connect issuer on a loopback port, as far as a service needs one. */
export class OidcIssuer {
  readonly #server: Server;
  readonly url: string;
  /** Keys that it publishes; it signs with the last of them. */
  keys: readonly SigningKey[];
  manner: Manner = "well";
  /** Put in place of what the discovery document says otherwise. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** How often its keys were fetched. */
  fetched = 0;

  private constructor(server: Server, keys: readonly SigningKey[]) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/test`;
    this.keys = keys;
    server.on("request", (request, response) => {
      if (this.manner === "never") return;
      if (this.manner === "broken") {
        request.socket.destroy();
        return;
      }
      response.setHeader("Content-Type", "application/json").statusCode = this.manner === "with-500" ? 500 : 200;
      response.end(this.#answer(request.url ?? ""));
    });
  }

  static async start(algorithm = "RS256"): Promise<OidcIssuer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new OidcIssuer(server, [await makeKey(algorithm)]);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** What signs its tokens. */
  get issuer(): Issuer {
    const key = this.keys.at(-1);
    if (key === undefined) throw new Error("the issuer has no key");
    return new Issuer(this.url, key);
  }

  #answer(path: string): string {
    if (path === "/realms/test/.well-known/openid-configuration") {
      return JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/certs`, ...this.metadata });
    }
    if (path !== "/realms/test/certs") return "{}";
    this.fetched += 1;
    return keySetOf(...this.keys);
  }
}
