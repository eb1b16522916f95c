import http from "node:http";
import https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

export interface TransportRequest {
  readonly method: string;
  /** Path and query below the server's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Watches get a pool of their own: they hold a connection for minutes and must not keep requests waiting. */
  readonly longRunning: boolean;
  readonly signal: AbortSignal;
  /** Called when the connection stands, immediately before the first byte; throws to send nothing. */
  readonly beforeSend?: (() => void) | undefined;
}

/** What the library fills in: authority, client certificate, authorization header, proxy agent. */
type Credentials = Omit<https.RequestOptions, "headers"> & { readonly headers: http.OutgoingHttpHeaders };

// Detects a peer that is gone without a word after about 11 s (Node probes each second, 10 times).
const KEEP_ALIVE_PROBE_MS = 1000;
const MAX_CONNECTIONS = 32;
const IDLE_CONNECTION_MS = 30_000;

/**
 * HTTP/1.1 to one API server. Credentials come from the kubeconfig anew for each request, so that rotated tokens and
 * certificates are taken up: the agents key their connections by certificate and authority.
 */
export class HttpTransport {
  readonly #config: KubeConfig;
  readonly #base: URL;
  readonly #proxied: boolean;
  readonly #agents: { readonly short: http.Agent; readonly long: http.Agent };

  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) {
      throw new Error("the kubeconfig has no current cluster");
    }
    this.#config = config;
    this.#base = new URL(cluster.server);
    this.#proxied = cluster.proxyUrl !== undefined && cluster.proxyUrl !== "";
    const Agent = this.#base.protocol === "https:" ? https.Agent : http.Agent;
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS, timeout: IDLE_CONNECTION_MS };
    this.#agents = {
      short: new Agent({ ...options, maxSockets: MAX_CONNECTIONS }),
      long: new Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS }),
    };
  }

  /** Host and port of the API server, as metrics name it. */
  get host(): string {
    return this.#base.host;
  }

  /** Resolves with the head of the response; the caller reads or destroys its body. */
  async send(request: TransportRequest): Promise<http.IncomingMessage> {
    const options = await this.#options(request);
    request.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const secure = this.#base.protocol === "https:";
    const outgoing = (secure ? https : http).request(options, resolve);
    outgoing.on("error", reject);
    outgoing.on("socket", (socket) => {
      const write = (): void => {
        try {
          request.beforeSend?.();
        } catch (error) {
          outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        outgoing.end(request.body);
      };
      if (socket.connecting) {
        socket.once(secure ? "secureConnect" : "connect", () => {
          socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
          write();
        });
      } else {
        write();
      }
    });
    return promise;
  }

  /** Closes idle connections; those in use close with their request. */
  close(): void {
    this.#agents.short.destroy();
    this.#agents.long.destroy();
  }

  async #options(request: TransportRequest): Promise<https.RequestOptions> {
    const credentials: Credentials = { headers: {} };
    try {
      await this.#config.applyToHTTPSOptions(credentials);
    } catch (error) {
      throw new Error("while reading the credentials for the API server", { cause: error });
    }
    const agent = request.longRunning ? this.#agents.long : this.#agents.short;
    return {
      ...credentials,
      // The library's own agent has no keep-alive and pins the first certificate; only its proxies are worth having.
      agent: this.#proxied ? credentials.agent : agent,
      protocol: this.#base.protocol,
      hostname: this.#base.hostname.replace(/^\[|\]$/g, ""),
      port: this.#base.port === "" ? undefined : this.#base.port,
      path: this.#base.pathname.replace(/\/$/, "") + request.path,
      method: request.method,
      headers: { ...credentials.headers, ...request.headers },
      signal: request.signal,
    };
  }
}
