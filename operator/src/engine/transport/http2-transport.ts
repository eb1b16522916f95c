import { constants } from "node:http2";
import type { KubeConfig } from "@kubernetes/client-node";
import { type Clock, type Random, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import { CredentialReader, type CurrentCredentials } from "./credential-reader.ts";
import type { TlsCredentials } from "./http-credentials.ts";
import type { Transport, TransportRequest, TransportResponse } from "./http-transport.ts";
import { connectHttp2 } from "./http2-connect.ts";
import { Http2Connection, RefusedError } from "./http2-connection.ts";
import { Heartbeat } from "./http2-liveness.ts";
import { cancelStream, Http2Response } from "./http2-response.ts";
import { Http2SessionPool, PoolClosedError } from "./http2-session-pool.ts";
import { ProbeDeadline } from "./probe-deadline.ts";
import type { WriteFence } from "./write-fence.ts";

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
 * take no places. The number of reads at once bounds what a start with thousands of namespaces asks of the API server.
 * Writes are bounded by the workers that send them: an admission webhook that hangs may hold many for long, and neither
 * those of other platforms nor the lease may wait behind them. An API server allows 100 streams on a connection by
 * default, so that of watches; where one allows more, this bounds how many break together.
 */
const LANES = {
  read: { maxConnections: 1, maxStreams: 32 },
  write: { maxConnections: Number.POSITIVE_INFINITY, maxStreams: 64 },
  watch: { maxConnections: Number.POSITIVE_INFINITY, maxStreams: 200 },
} as const satisfies Record<Lane, { maxConnections: number; maxStreams: number }>;

const MAX_TRIES = 5;

type Pool = Http2SessionPool<Http2Connection>;

/** By lane; what hangs on a fence has connections of its own, which end with it. */
type Pools = Map<Lane | WriteFence, Pool>;

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
      const pool = this.#poolFor(request, credentials);
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

  #poolFor(request: TransportRequest, { tls, identity }: CurrentCredentials): Pool {
    if (this.#current?.identity !== identity) {
      this.#closePools();
      this.#current = { identity, pools: new Map() };
    }
    const { pools } = this.#current;
    const { fence } = request;
    const lane = laneOf(request);
    const pool = pools.get(fence ?? lane) ?? this.#makePool(lane, tls, fence);
    pools.set(fence ?? lane, pool);
    return pool;
  }

  #closePools(): void {
    for (const pool of this.#current?.pools.values() ?? []) {
      pool.close();
    }
  }

  /**
   * What ended one connection has most likely ended all of them, and an idle one shows that only once it is used: whoever
   * used it next, to put right what the watches then tell, would wait as long again.
   */
  #closeIdle(): void {
    for (const pool of this.#current?.pools.values() ?? []) {
      pool.closeIdle();
    }
  }

  #makePool(lane: Lane, tls: TlsCredentials, fence: WriteFence | undefined): Pool {
    const { maxConnections, maxStreams } = LANES[lane];
    const pool: Pool = new Http2SessionPool({
      maxConnections,
      clock: this.#clock,
      random: this.#random,
      connect: async (limits, onChange) => {
        const began = this.#clock.monotonic();
        const connected = await connectHttp2(this.#base, tls, limits, fence);
        this.#deadline.answered(connected.answerMs);
        this.#heartbeat.anotherStands(this.#clock.monotonic() - began);
        return new Http2Connection(connected, {
          heartbeat: this.#heartbeat,
          maxStreams,
          onChange,
          onDoubt: () => pool.makeAnother(),
          onLost: (error, requests) => {
            this.#log?.info({ error, lane, requests }, "Lost a connection");
            this.#closeIdle();
          },
        });
      },
    });
    return pool;
  }

  /** Names and values in turn: each stream keeps what it was opened with, and a table is three times as large. */
  #headers(request: TransportRequest, credentials: CurrentCredentials): readonly string[] {
    const fields = Object.entries({ ...credentials.headers, ...request.headers });
    return [
      constants.HTTP2_HEADER_METHOD,
      request.method,
      constants.HTTP2_HEADER_SCHEME,
      this.#base.protocol.replace(":", ""),
      constants.HTTP2_HEADER_AUTHORITY,
      this.#base.host,
      constants.HTTP2_HEADER_PATH,
      this.#base.pathname.replace(/\/$/, "") + request.path,
      ...fields.flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name.toLowerCase(), String(one)])),
    ];
  }
}

function laneOf({ longRunning, method }: TransportRequest): Lane {
  return longRunning ? "watch" : method === "GET" ? "read" : "write";
}

function exchange(
  connection: Http2Connection,
  headers: readonly string[],
  { body, signal, detached = false, fence }: TransportRequest,
): Promise<TransportResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
  fence?.assertMayWrite();
  const stream = connection.open(headers, body !== undefined);
  const onAbort = (): void => cancelStream(stream, signal.reason);
  const letGo = (): void => signal.removeEventListener("abort", onAbort);
  const onFailure = (error?: unknown): void => reject(connection.explainStream(stream, error));
  signal.addEventListener("abort", onAbort, { once: true });
  stream.on("error", onFailure).on("close", onFailure).on("close", letGo);
  stream.once("response", (head) => {
    // From here on the response listens, and it may stand for long: nothing of the wait for it is kept.
    resolve(new Http2Response(head, stream, connection.explainStream));
    stream.off("error", onFailure).off("close", onFailure);
    if (detached) {
      stream.off("close", letGo);
      letGo();
    }
  });
  if (body !== undefined) {
    stream.end(body);
  }
  return promise;
}
