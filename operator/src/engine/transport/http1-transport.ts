import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node";
import { ConnectTimeoutError } from "./connect-error.ts";
import { readCredentials } from "./http-credentials.ts";
import type { Transport, TransportRequest, TransportResponse } from "./http-transport.ts";

// Detects a peer that is gone without a word after about 11 s (Node probes each second, 10 times).
const KEEP_ALIVE_PROBE_MS = 1000;
const MAX_CONNECTIONS = 32;
const IDLE_CONNECTION_MS = 30_000;
// Ends a connection attempt whose packets vanish; the next one begins at once.
const CONNECT_MS = 2000;

export interface Http1TransportOptions {
  /** Address of the API server. */
  readonly base: URL;
  readonly proxied: boolean;
}

/**
 * HTTP/1.1 to one API server. Credentials come from the kubeconfig anew for each request: the agents key their
 * connections by certificate and authority.
 */
export class Http1Transport implements Transport {
  readonly #config: KubeConfig;
  readonly #options: Http1TransportOptions;
  readonly #agents: { readonly short: http.Agent; readonly long: http.Agent };

  constructor(config: KubeConfig, options: Http1TransportOptions) {
    this.#config = config;
    this.#options = options;
    const Agent = options.base.protocol === "https:" ? https.Agent : http.Agent;
    const common = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS };
    this.#agents = {
      short: new Agent({ ...common, timeout: IDLE_CONNECTION_MS, maxSockets: MAX_CONNECTIONS }),
      long: new Agent(common),
    };
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    for (;;) {
      const options = await this.#requestOptions(request);
      request.signal.throwIfAborted();
      try {
        return toResponse(await this.#exchange(options, request));
      } catch (error) {
        // Nothing was sent, so it is no second try; the request's signal ends this.
        if (!(error instanceof ConnectTimeoutError)) {
          throw error;
        }
      }
    }
  }

  close(): void {
    this.#agents.short.destroy();
    this.#agents.long.destroy();
  }

  #exchange(options: https.RequestOptions, request: TransportRequest): Promise<http.IncomingMessage> {
    const { base } = this.#options;
    const secure = base.protocol === "https:";
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const outgoing = (secure ? https : http).request(options, resolve);
    outgoing.on("error", reject);
    const write = (): void => {
      try {
        request.fence?.assertMayWrite();
      } catch (error) {
        outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      outgoing.end(request.body);
    };
    outgoing.on("socket", (socket: Socket) => {
      if (!socket.connecting) {
        write();
        return;
      }
      const timeout = new ConnectTimeoutError(`no connection to ${base.host} within ${CONNECT_MS} ms`);
      const timer = setTimeout(() => outgoing.destroy(timeout), CONNECT_MS);
      socket.once("close", () => clearTimeout(timer));
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
        write();
      });
    });
    return promise;
  }

  async #requestOptions(request: TransportRequest): Promise<https.RequestOptions> {
    const { base, proxied } = this.#options;
    const credentials = await readCredentials(this.#config);
    const agent = request.longRunning ? this.#agents.long : this.#agents.short;
    return {
      ...credentials,
      // The library's own agent has no keep-alive and pins the first certificate; only its proxies are worth having.
      agent: proxied ? credentials.agent : agent,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ""),
      port: base.port === "" ? undefined : base.port,
      path: base.pathname.replace(/\/$/, "") + request.path,
      method: request.method,
      headers: { ...credentials.headers, ...request.headers },
      signal: request.signal,
    };
  }
}

function toResponse(message: http.IncomingMessage): TransportResponse {
  return {
    status: message.statusCode ?? 0,
    contentType: message.headers["content-type"] ?? "",
    retryAfter: message.headers["retry-after"],
    [Symbol.asyncIterator]: () => (message as AsyncIterable<Uint8Array>)[Symbol.asyncIterator](),
    each: async (onChunk) => {
      for await (const chunk of message as AsyncIterable<Uint8Array>) onChunk(chunk);
    },
    cancel: (reason) => void message.destroy(reason instanceof Error ? reason : new Error(String(reason))),
  };
}
