import type { EventEmitter } from "node:events";
import http2, { type ClientHttp2Session } from "node:http2";
import net, { type Socket } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { ConnectTimeoutError } from "./connect-error.ts";
import { FencedSocket } from "./fenced-socket.ts";
import type { TlsCredentials } from "./http-credentials.ts";
import type { WriteFence } from "./write-fence.ts";

/** The server is there and did not agree to speak HTTP/2. */
export class NoHttp2Error extends Error {
  override readonly name = "NoHttp2Error";
}

/** A session whose server has sent its settings. */
export interface Connected {
  readonly session: ClientHttp2Session;
  /** Below the encryption: to be reset, and to be asked for what came in. */
  readonly socket: Socket;
  /** How long the server itself took to answer, about. */
  readonly answerMs: number;
}

export interface ConnectLimits {
  /** The kernel of the other side answers: a matter of the network alone. */
  readonly tcpMs: number;
  /** The server itself answers, and may have much to do. */
  readonly handshakeMs: number;
}

const KEEP_ALIVE_PROBE_MS = 1000;
const MEGABYTE = 2 ** 20;
// A response comes in one go up to this size; a reader that is slower than its stream holds up that stream alone.
const STREAM_WINDOW = 4 * MEGABYTE;
const SESSION_WINDOW = 64 * MEGABYTE;
// Node refuses new streams on a session that holds more, in MB; its default of 10 is less than some writes at once.
const MAX_SESSION_MEMORY = 128;

/**
 * Opens an HTTP/2 session, on which nothing is sent while `fence` forbids it. Rejects with NoHttp2Error,
 * ConnectTimeoutError, the fence's own error, or the network's or certificate's.
 */
export async function connectHttp2(
  base: URL,
  credentials: TlsCredentials,
  limits: ConnectLimits,
  fence?: WriteFence,
): Promise<Connected> {
  const host = base.hostname.replace(/^\[|\]$/g, "");
  const secure = base.protocol === "https:";
  const port = base.port === "" ? (secure ? 443 : 80) : Number(base.port);
  const socket = net.connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
  });
  try {
    await happens(socket, "connect", limits.tcpMs, `no TCP connection to ${base.host}`);
    const started = performance.now();
    const left = (): number => limits.handshakeMs - (performance.now() - started);
    const what = `no answer from ${base.host} to a TLS and HTTP/2 handshake`;
    const plain = fence === undefined ? socket : new FencedSocket(socket, fence);
    const transport = secure ? encrypt(plain, host, credentials) : plain;
    if (transport instanceof tls.TLSSocket) {
      await happens(transport, "secureConnect", left(), what);
      if (transport.alpnProtocol !== "h2") {
        throw new NoHttp2Error(`${base.host} does not speak HTTP/2`);
      }
    }
    const session = http2.connect(base.origin, {
      createConnection: () => transport,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: MAX_SESSION_MEMORY,
    });
    await happens(session, "remoteSettings", left(), what);
    session.setLocalWindowSize(SESSION_WINDOW);
    // It answered twice: in TLS, and with its settings.
    return { session, socket, answerMs: (performance.now() - started) / 2 };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function encrypt(socket: Duplex, host: string, credentials: TlsCredentials): tls.TLSSocket {
  return tls.connect({
    socket,
    host,
    ALPNProtocols: ["h2", "http/1.1"],
    // No address may stand in a server name, as HTTP calls it; the certificate is checked against `host`.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...credentials,
  } as tls.ConnectionOptions);
}

/** Rejects when the emitter fails or closes first, and after `ms`. A later error of it harms nobody. */
async function happens(emitter: EventEmitter, event: string, ms: number, what: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" }));
  const timer = setTimeout(() => reject(new ConnectTimeoutError(`${what} within ${Math.round(ms)} ms`)), ms);
  emitter.on("error", reject).once("close", onClose).once(event, resolve);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    emitter.off("close", onClose);
  }
}
