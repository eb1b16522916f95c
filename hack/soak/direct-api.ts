import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { text } from "node:stream/consumers";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { type AdminRequest, RefusedError, readAdministrator } from "../e2e/support/administrator.ts";

/** A line of a watch. */
export interface DirectEvent {
  readonly type: string;
  readonly object: KubernetesObject;
}

const NEVER_ENDING_SECONDS = 300;

/**
 * The administrator's own line to the API server, one HTTP/2 connection. It shares nothing with the operator's engine:
 * whoever audits must not have the same faults.
 */
export class DirectApi {
  readonly #connect: () => ClientHttp2Session;
  #session: ClientHttp2Session;

  private constructor(open: () => ClientHttp2Session) {
    this.#connect = open;
    this.#session = open();
  }

  /** By a kubeconfig of a control plane of this project: one cluster, one user, keys in files. */
  static connect(kubeconfig: string): DirectApi {
    const { server, ...keys } = readAdministrator(kubeconfig);
    return new DirectApi(() => {
      const session = connect(server, keys);
      // A request that is under way gets the error as well, and has somebody to tell.
      session.on("error", () => undefined);
      return session;
    });
  }

  /** Throws RefusedError for any answer but 2xx. */
  async request<T = KubernetesObject>(request: AdminRequest): Promise<T> {
    const stream = this.#open(request);
    // Read from the beginning: a stream that closes before anybody listens takes its content along.
    const [status, answer] = await Promise.all([statusOf(stream), text(stream)]);
    if (status < 200 || status > 299) throw new RefusedError(request, status, answer);
    return JSON.parse(answer) as T;
  }

  /** Undefined where there is none. */
  async find(path: string): Promise<KubernetesObject | undefined> {
    try {
      return await this.request({ method: "GET", path });
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    const { apiVersion, kind, items } = await this.request<KubernetesObject & { items: KubernetesObject[] }>({
      method: "GET",
      path,
    });
    return items.map((item) => ({ ...item, apiVersion, kind: kind.replace(/List$/, "") }));
  }

  /** Events of one object from a resource version on, until `signal` aborts. */
  async *watch(collection: string, name: string, from: string, signal: AbortSignal): AsyncGenerator<DirectEvent> {
    const query = new URLSearchParams({
      watch: "true",
      resourceVersion: from,
      fieldSelector: `metadata.name=${name}`,
      timeoutSeconds: String(NEVER_ENDING_SECONDS),
    });
    const request: AdminRequest = { method: "GET", path: `${collection}?${query.toString()}` };
    const stream = this.#open(request);
    const stop = (): void => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener("abort", stop);
    try {
      const status = await statusOf(stream);
      if (status !== 200) throw new RefusedError(request, status, await text(stream));
      let pending = "";
      stream.setEncoding("utf8");
      for await (const chunk of stream) {
        const lines = (pending + String(chunk)).split("\n");
        pending = lines.pop() ?? "";
        for (const line of lines) yield JSON.parse(line) as DirectEvent;
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  close(): void {
    this.#session.destroy();
  }

  #open({ method, path, body, contentType = "application/json" }: AdminRequest): ClientHttp2Stream {
    // The API server closes a connection that nobody has used for 90 s.
    if (this.#session.closed || this.#session.destroyed) this.#session = this.#connect();
    const headers = { ":method": method, ":path": path, accept: "application/json" };
    if (body === undefined) return this.#session.request(headers, { endStream: true });
    const stream = this.#session.request({ ...headers, "content-type": contentType }, { endStream: false });
    stream.end(JSON.stringify(body));
    return stream;
  }
}

function statusOf(stream: ClientHttp2Stream): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  stream.once("response", (headers) => found(headers[":status"] ?? 0));
  stream.once("error", reject);
  stream.once("close", () => reject(new Error("the API server closed the stream without an answer")));
  return promise;
}
