import type { KubeConfig } from "@kubernetes/client-node";
import type { Logger } from "../kit/log.ts";
import { Http1Transport } from "./http1-transport.ts";
import { NoHttp2Error } from "./http2-connect.ts";
import { Http2Transport } from "./http2-transport.ts";
import type { WriteFence } from "./write-fence.ts";

/**
 * A request to the API server. It may have been carried out although it failed: when a connection breaks, everything on
 * it fails at once, rather than waiting for an answer that may never come. So whatever is sent must be safe to send
 * again: server-side apply with a uid, PUT with a resourceVersion, JSON patch with a test, DELETE with preconditions,
 * POST of an object whose name is unique. What the server certainly did not look at, a transport sends again by itself.
 */
export interface TransportRequest {
  readonly method: string;
  /** Path and query below the server's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** A watch: it holds its place for minutes and must not keep requests waiting. */
  readonly longRunning: boolean;
  readonly signal: AbortSignal;
  /** The signal ends only the wait for the head, and is let go then; `cancel` ends the response. */
  readonly detached?: boolean;
  /** Asked when the connection stands and immediately before each part goes out; when it throws, nothing more does. */
  readonly fence?: WriteFence | undefined;
}

/** The head of a response, and its body to be read once, to its end or until the request's signal aborts. */
export interface TransportResponse extends AsyncIterable<Uint8Array> {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  /**
   * Reads the body without an iterator, which would be most of what a watch costs in memory. Resolves at its end, and
   * rejects when it breaks, with the reason when it is cancelled, and with what `onChunk` throws.
   */
  each(onChunk: (chunk: Uint8Array) => void): Promise<void>;
  /** Wants no more of it. */
  cancel(reason: unknown): void;
}

export interface Transport {
  /** Resolves with the head of the response. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes idle connections; those in use close with their last request. */
  close(): void;
}

export interface HttpTransportOptions {
  /** Is told of connections that came and went. */
  readonly log?: Logger | undefined;
}

/**
 * HTTP to one API server: HTTP/2 where the server speaks it, so that thousands of watches share a few connections, and
 * a connection that is dead is noticed within a second. HTTP/1.1 without TLS, through a proxy, and with a server, or
 * something before it, that does not negotiate HTTP/2.
 */
export class HttpTransport implements Transport {
  readonly #base: URL;
  readonly #http1: Http1Transport;
  #http2: Http2Transport | undefined;

  constructor(config: KubeConfig, options: HttpTransportOptions = {}) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) {
      throw new Error("the kubeconfig has no current cluster");
    }
    this.#base = new URL(cluster.server);
    const proxied = cluster.proxyUrl !== undefined && cluster.proxyUrl !== "";
    this.#http1 = new Http1Transport(config, { base: this.#base, proxied });
    if (this.#base.protocol === "https:" && !proxied) {
      this.#http2 = new Http2Transport(config, { base: this.#base, log: options.log });
    }
  }

  /** Host and port of the API server, as metrics name it. */
  get host(): string {
    return this.#base.host;
  }

  /** Major version of HTTP in use. */
  get version(): 1 | 2 {
    return this.#http2 === undefined ? 1 : 2;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const http2 = this.#http2;
    if (http2 !== undefined) {
      try {
        return await http2.send(request);
      } catch (error) {
        if (!(error instanceof NoHttp2Error)) {
          throw error;
        }
        // For good: whether a server speaks HTTP/2 changes with its configuration, not from minute to minute.
        this.#http2 = undefined;
        http2.close();
      }
    }
    return this.#http1.send(request);
  }

  close(): void {
    this.#http1.close();
    this.#http2?.close();
  }
}
