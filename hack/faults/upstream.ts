import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { RecordedAnswer } from "./recording.ts";

/** Where the real API server is. */
export interface UpstreamAddress {
  /** Such as https://127.0.0.1:6443. */
  readonly server: string;
  /** File or content of the authority of its certificate. */
  readonly authority: { readonly file: string } | { readonly pem: string } | undefined;
}

export interface UpstreamRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal;
}

/** Requests to the real API server, over HTTP/1.1: one connection for each that is under way, so none waits for another. */
export class Upstream {
  readonly #address: UpstreamAddress;
  readonly #agent: Agent;

  constructor(address: UpstreamAddress) {
    const { authority } = address;
    const ca = authority === undefined ? undefined : "pem" in authority ? authority.pem : readFileSync(authority.file);
    this.#address = address;
    // Below the time after which the API server closes an idle connection: no request must meet one that is closing.
    this.#agent = new Agent({ keepAlive: true, timeout: 20_000, ...(ca === undefined ? {} : { ca }) });
  }

  /** Resolves with the head of the answer. */
  send({ method, url, headers, body, signal }: UpstreamRequest): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const target = new URL(url, this.#address.server);
    const secure = target.protocol === "https:";
    // Node.js gives a DELETE no length of its own, and its body would be taken for the next request.
    const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      method,
      headers: { ...headers, ...length, host: target.host },
      ...(signal === undefined ? {} : { signal }),
    };
    const outgoing = secure
      ? httpsRequest(target, { ...options, agent: this.#agent }, resolve)
      : httpRequest(target, options, resolve);
    outgoing.on("error", reject);
    outgoing.setNoDelay(true);
    outgoing.end(body);
    return promise;
  }

  /** The whole answer of a read. */
  async ask(url: string, headers: Readonly<Record<string, string>>): Promise<RecordedAnswer> {
    const response = await this.send({ method: "GET", url, headers, body: "" });
    const chunks = await response.toArray();
    const contentType = response.headers["content-type"] ?? "application/json";
    return { status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks as Buffer[]) };
  }

  close(): void {
    this.#agent.destroy();
  }
}
