import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import type { Socket } from "node:net";
import type { Connected } from "./http2-connect.ts";
import type { Heartbeat, Probed } from "./http2-liveness.ts";

/** The connection under a request broke: whether the request was carried out is not known. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** The server refused a request unseen: it may be sent again. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

export interface Http2ConnectionOptions {
  readonly heartbeat: Heartbeat;
  /** Streams at once, where the server allows that many. */
  readonly maxStreams: number;
  /** It has room again, or takes no more streams. */
  readonly onChange: () => void;
  /** It is silent for longer than usual. */
  readonly onDoubt: () => void;
  /** It broke while requests were on it. */
  readonly onLost: (error: ConnectionLostError, requests: number) => void;
}

const IDLE_MS = 30_000;
// Node has 2^30 streams for a session, and then fails.
const LIFETIME_STREAMS = 10_000_000;

/** One HTTP/2 session: counts its streams, and fails them all at once when it is dead. */
export class Http2Connection implements Probed {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #options: Http2ConnectionOptions;
  readonly #streams = new Set<ClientHttp2Stream>();
  /** The same function for all streams: it is called with each as `this`. */
  readonly #onClose: (this: ClientHttp2Stream) => void;
  /** Not the session's own: Node does not clear that one when the session is destroyed, and it keeps all of it alive. */
  readonly #idle: NodeJS.Timeout;
  #opened = 0;
  #closing = false;
  #lost: ConnectionLostError | undefined;

  constructor({ session, socket }: Connected, options: Http2ConnectionOptions) {
    this.#session = session;
    this.#socket = socket;
    this.#options = options;
    const release = (stream: ClientHttp2Stream): void => this.#release(stream);
    this.#onClose = function onClose() {
      release(this);
    };
    session.on("goaway", () => this.#takeNoMore());
    session.on("error", (error) => this.#fail("it broke", error));
    session.on("close", () => this.#fail("the server closed it", undefined));
    this.#idle = setTimeout(() => this.#onQuiet(), IDLE_MS).unref();
    this.#rest();
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  /** False once it takes no new streams, for ever. */
  get isOpen(): boolean {
    return !this.#closing && !this.#session.closed && !this.#session.destroyed;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  get hasRoom(): boolean {
    const { maxConcurrentStreams = Number.POSITIVE_INFINITY } = this.#session.remoteSettings;
    return this.isOpen && this.#streams.size < Math.min(this.#options.maxStreams, maxConcurrentStreams);
  }

  /** Sends the head of a request at once; the caller sends the body, if there is one, and listens to errors. */
  open(headers: readonly string[], hasBody: boolean): ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream: !hasBody });
    if (this.#streams.size === 0) {
      this.#session.ref();
      this.#options.heartbeat.watch(this);
    }
    this.#streams.add(stream);
    this.#opened += 1;
    if (this.#opened >= LIFETIME_STREAMS) {
      this.close();
    }
    stream.on("close", this.#onClose);
    return stream;
  }

  /** Why a stream ended that did not end well. One function for all streams, of which there are many. */
  readonly explainStream = (stream: ClientHttp2Stream, error: unknown): unknown => {
    if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) {
      return new RefusedError("the API server took no more requests on this connection", { cause: error });
    }
    return this.#explain(error) ?? new Error(`the API server ended the response early (HTTP/2 code ${stream.rstCode})`);
  };

  /** The error to report for one of a stream: when the whole connection is gone, that. */
  #explain(error: unknown): unknown {
    if (this.#session.destroyed) {
      // Node ends the streams before it says so of the session.
      this.#fail("it broke", error);
    }
    return this.#lost ?? error;
  }

  probe(answered: () => void): void {
    if (this.#session.destroyed) {
      return;
    }
    const onAnswer = (error: Error | null): void => {
      if (error === null) {
        answered();
      }
    };
    if (this.#session.closed) {
      // After a GOAWAY Node sends no PING any more; settings must be acknowledged as well, even if there are none.
      this.#session.settings({}, onAnswer);
    } else {
      this.#session.ping(onAnswer);
    }
  }

  onDoubt(): void {
    this.#options.onDoubt();
  }

  onSilent(silentMs: number): void {
    this.#fail(`nothing came from the server for ${Math.round(silentMs)} ms, not even an answer to a PING`, undefined);
  }

  /** Takes no new streams, and closes when those in use have ended. */
  close(): void {
    this.#takeNoMore();
    this.#session.close();
  }

  #release(stream: ClientHttp2Stream): void {
    this.#explain(stream.errored);
    this.#streams.delete(stream);
    if (this.#streams.size === 0) {
      this.#rest();
    }
    this.#options.onChange();
  }

  #takeNoMore(): void {
    if (!this.#closing) {
      this.#closing = true;
      this.#options.onChange();
    }
  }

  /** Nothing uses it: it is not watched over, and does not keep the process alive. */
  #rest(): void {
    this.#options.heartbeat.unwatch(this);
    if (!this.#session.destroyed) {
      this.#session.unref();
      this.#idle.refresh();
    }
  }

  #onQuiet(): void {
    if (this.#streams.size === 0) {
      this.close();
    }
  }

  #fail(reason: string, cause: unknown): void {
    if (this.#lost !== undefined) {
      return;
    }
    this.#closing = true;
    this.#lost = new ConnectionLostError(`the connection to the API server was lost: ${reason}`, { cause });
    this.#options.heartbeat.unwatch(this);
    clearTimeout(this.#idle);
    const streams = [...this.#streams];
    for (const stream of streams) {
      stream.destroy(this.#lost);
    }
    if (streams.length > 0) {
      this.#options.onLost(this.#lost, streams.length);
    }
    // A plain close would go on delivering what the kernel holds, as soon as it can; but a write must not arrive late,
    // when another process may lead.
    if (!this.#socket.destroyed) {
      this.#socket.resetAndDestroy();
    }
    this.#session.destroy();
    this.#options.onChange();
  }
}
