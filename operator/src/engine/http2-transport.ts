import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { KubeConfig } from "@kubernetes/client-node";
import { type Clock, type Random, systemClock } from "./clock.ts";
import { CredentialReader, type CurrentCredentials } from "./credential-reader.ts";
import type { TlsCredentials } from "./http-credentials.ts";
import type { Transport, TransportRequest, TransportResponse } from "./http-transport.ts";
import { bodyOf } from "./http2-body.ts";
import { connectHttp2 } from "./http2-connect.ts";
import { Http2Connection } from "./http2-connection.ts";
import { Heartbeat } from "./http2-liveness.ts";
import { Http2SessionPool, PoolClosedError } from "./http2-session-pool.ts";
import type { Logger } from "./log.ts";
import { ProbeDeadline } from "./probe-deadline.ts";

export interface Http2TransportOptions {
  /** Address of the API server. */
  readonly base: URL;
  readonly log?: Logger | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

type Lane = "read" | "write" | "watch";

/**
 * Kinds of requests have connections of their own: a long list holds up no write, and no lease; watches, which stay,
 * take no places. The numbers of reads and writes at once bound what a start with thousands of namespaces asks of the
 * API server. An API server allows 100 streams on a connection by default, so that of watches; where one allows more,
 * this bounds how many break together.
 */
const LANES = {
  read: { maxConnections: 1, maxStreams: 32 },
  write: { maxConnections: 1, maxStreams: 64 },
  watch: { maxConnections: Number.POSITIVE_INFINITY, maxStreams: 200 },
} as const satisfies Record<Lane, { maxConnections: number; maxStreams: number }>;

const MAX_TRIES = 5;

type Pools = Readonly<Record<Lane, Http2SessionPool<Http2Connection>>>;

/** The server refused a request unseen: it may be sent again. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/**
 * HTTP/2 to one API server. Credentials come from the kubeconfig anew for each request: a new token goes with the next
 * request; with a new certificate or authority new connections begin, and the old ones end with their requests.
 */
export class Http2Transport implements Transport {
  readonly #credentials: CredentialReader;
  readonly #base: URL;
  readonly #log: Logger | undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #deadline: ProbeDeadline;
  readonly #heartbeat: Heartbeat;
  #current: { readonly identity: string; readonly pools: Pools } | undefined;

  constructor(config: KubeConfig, { base, log, clock = systemClock, random = Math.random }: Http2TransportOptions) {
    this.#credentials = new CredentialReader(config, clock);
    this.#base = base;
    this.#log = log;
    this.#clock = clock;
    this.#random = random;
    this.#deadline = new ProbeDeadline(clock);
    this.#heartbeat = new Heartbeat({ clock, deadline: this.#deadline });
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    for (let attempt = 1; ; attempt++) {
      const credentials = await this.#credentials.read();
      const pool = this.#pools(credentials)[laneOf(request)];
      const headers = this.#headers(request, credentials);
      try {
        return await pool.use(request.signal, (connection) => exchange(connection, headers, request));
      } catch (error) {
        const unseen = error instanceof RefusedError || error instanceof PoolClosedError;
        if (!unseen || attempt === MAX_TRIES) {
          throw error;
        }
      }
    }
  }

  close(): void {
    this.#closePools();
    this.#current = undefined;
  }

  #pools({ tls, identity }: CurrentCredentials): Pools {
    if (this.#current?.identity !== identity) {
      this.#closePools();
      const pools = { read: this.#pool("read", tls), write: this.#pool("write", tls), watch: this.#pool("watch", tls) };
      this.#current = { identity, pools };
    }
    return this.#current.pools;
  }

  #closePools(): void {
    for (const pool of Object.values<Http2SessionPool<Http2Connection>>(this.#current?.pools ?? {})) {
      pool.close();
    }
  }

  #pool(lane: Lane, tls: TlsCredentials): Http2SessionPool<Http2Connection> {
    const { maxConnections, maxStreams } = LANES[lane];
    return new Http2SessionPool({
      maxConnections,
      clock: this.#clock,
      random: this.#random,
      connect: async (limits, onChange) => {
        const connected = await connectHttp2(this.#base, tls, limits);
        this.#deadline.answered(connected.answerMs);
        return new Http2Connection(connected, {
          heartbeat: this.#heartbeat,
          maxStreams,
          onChange,
          onLost: (error, requests) => this.#log?.info({ error, lane, requests }, "Lost a connection"),
        });
      },
    });
  }

  #headers(request: TransportRequest, credentials: CurrentCredentials): OutgoingHttpHeaders {
    return {
      [constants.HTTP2_HEADER_METHOD]: request.method,
      [constants.HTTP2_HEADER_SCHEME]: this.#base.protocol.replace(":", ""),
      [constants.HTTP2_HEADER_AUTHORITY]: this.#base.host,
      [constants.HTTP2_HEADER_PATH]: this.#base.pathname.replace(/\/$/, "") + request.path,
      ...credentials.headers,
      ...request.headers,
    };
  }
}

function laneOf({ longRunning, method }: TransportRequest): Lane {
  return longRunning ? "watch" : method === "GET" ? "read" : "write";
}

function exchange(
  connection: Http2Connection,
  headers: OutgoingHttpHeaders,
  { body, signal, beforeSend }: TransportRequest,
): Promise<TransportResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
  beforeSend?.();
  const stream = connection.open(headers, body !== undefined);
  const onAbort = (): void => {
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  let answered = false;
  stream.on("error", (error) => {
    if (!answered) reject(explain(stream, connection, error));
  });
  stream.once("response", (head) => {
    answered = true;
    resolve({ ...headOf(head), ...bodyOf(stream, (error) => explain(stream, connection, error)) });
  });
  stream.once("close", () => {
    signal.removeEventListener("abort", onAbort);
    if (!answered) reject(explain(stream, connection, undefined));
  });
  if (body !== undefined) {
    stream.end(body);
  }
  return promise;
}

/** Why a stream ended that did not end well. */
function explain(stream: ClientHttp2Stream, connection: Http2Connection, error: unknown): unknown {
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) {
    return new RefusedError("the API server took no more requests on this connection", { cause: error });
  }
  return (
    connection.explain(error) ?? new Error(`the API server ended the response early (HTTP/2 code ${stream.rstCode})`)
  );
}

function headOf(head: IncomingHttpHeaders & IncomingHttpStatusHeader): Omit<TransportResponse, symbol> {
  return { status: head[":status"] ?? 0, contentType: head["content-type"] ?? "", retryAfter: head["retry-after"] };
}
