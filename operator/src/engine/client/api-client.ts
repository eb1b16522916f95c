import type { KubernetesObject } from "../../kubernetes.ts";
import type { Random } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import { HttpTransport, type TransportResponse } from "../transport/http-transport.ts";
import type { WriteFence } from "../transport/write-fence.ts";
import { ApiError, toApiError } from "./api-error.ts";
import { type KubeConfigOptions, loadKubeConfig } from "./kube-config.ts";
import { requestScope } from "./request-scope.ts";
import { throttleDelayMs } from "./throttle.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute path on the API server, as resourcePath gives it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`; a PATCH must name its own. */
  readonly contentType?: string;
  /** Form of the answer. Default `application/json`. */
  readonly accept?: string | undefined;
  /** Whole request, retries included; for `stream` until the head of the response. Default 30 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ApiClientOptions extends KubeConfigOptions {
  readonly userAgent: string;
  /** `code` is the HTTP status, or `<error>` when there was no answer. */
  readonly onRequest?: ((code: string, method: string, seconds: number) => void) | undefined;
  /** Default Math.random. */
  readonly random?: Random | undefined;
  /** Is told of connections that are lost. */
  readonly log?: Logger | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_THROTTLED_TRIES = 5;
const DEFAULT_RETRY_AFTER_MS = 1000;

/**
 * Requests to one API server in raw JSON. Throws ApiError when the server refuses, and an Error with a cause when it
 * does not answer.
 */
export class ApiClient {
  readonly #transport: HttpTransport;
  readonly #options: ApiClientOptions;
  readonly #fence: WriteFence | undefined;

  constructor(transport: HttpTransport, options: ApiClientOptions, fence?: WriteFence) {
    this.#transport = transport;
    this.#options = options;
    this.#fence = fence;
  }

  static fromKubeConfig(options: ApiClientOptions): ApiClient {
    return new ApiClient(new HttpTransport(loadKubeConfig(options), options), options);
  }

  /** Host and port of the API server. */
  get host(): string {
    return this.#transport.host;
  }

  /** Major version of HTTP that is spoken with the API server; 2 until a first answer says otherwise. */
  get httpVersion(): 1 | 2 {
    return this.#transport.version;
  }

  /** The same, but no write leaves the process while `fence` forbids it. */
  fenced(fence: WriteFence): ApiClient {
    return new ApiClient(this.#transport, this.#options, fence);
  }

  /** Closes idle connections. */
  close(): void {
    this.#transport.close();
  }

  /** Answers with the parsed body, or with the text of a body that is no JSON. */
  async request<T = KubernetesObject>(request: ApiRequest): Promise<T> {
    const { random = Math.random } = this.#options;
    using scope = requestScope(request.signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS, describe(request));
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#send(request, scope.signal, false);
        const text = await readText(response);
        return (isJson(response) ? JSON.parse(text) : text) as T;
      } catch (error) {
        // Throttled requests were not carried out, so that even a POST may be sent again.
        if (error instanceof ApiError && error.status === 429 && attempt < MAX_THROTTLED_TRIES) {
          await scope.sleep(throttleDelayMs(error.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, attempt, random));
          continue;
        }
        throw scope.explain(error);
      }
    }
  }

  /**
   * Answers with the bytes of a long-running response; ends with an error when the connection breaks. The request's
   * signal should be its own: it ends the response, and is listened to for as long as it lives.
   */
  async stream(request: ApiRequest): Promise<AsyncIterable<Uint8Array>> {
    using scope = requestScope(request.signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS, describe(request));
    try {
      const response = await this.#send(request, scope.signal, true);
      scope.keep();
      return response;
    } catch (error) {
      throw scope.explain(error);
    }
  }

  /**
   * As `stream`, for responses of which there are thousands: the request's signal ends only the wait for the head, and
   * nothing of the request stays in memory. The response must be read with `each`, or cancelled.
   */
  async open(request: ApiRequest): Promise<TransportResponse> {
    using scope = requestScope(request.signal, request.timeoutMs ?? DEFAULT_TIMEOUT_MS, describe(request));
    try {
      return await this.#send(request, scope.signal, true, true);
    } catch (error) {
      throw scope.explain(error);
    }
  }

  async #send(
    request: ApiRequest,
    signal: AbortSignal,
    longRunning: boolean,
    detached = false,
  ): Promise<TransportResponse> {
    const started = performance.now();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    let code = "<error>";
    try {
      const response = await this.#transport.send({
        method: request.method,
        path: request.path + queryString(request.query),
        headers: this.#headers(request, body),
        body,
        longRunning,
        signal,
        detached,
        fence: request.method === "GET" ? undefined : this.#fence,
      });
      code = String(response.status);
      if (response.status < 200 || response.status > 299) {
        throw toApiError(describe(request), response.status, await readText(response), response.retryAfter);
      }
      return response;
    } finally {
      this.#options.onRequest?.(code, request.method, (performance.now() - started) / 1000);
    }
  }

  #headers(request: ApiRequest, body: string | undefined): Record<string, string> {
    const headers: Record<string, string> = {
      "User-Agent": this.#options.userAgent,
      Accept: request.accept ?? "application/json",
    };
    if (body !== undefined) {
      headers["Content-Type"] = request.contentType ?? "application/json";
      headers["Content-Length"] = String(Buffer.byteLength(body));
    }
    return headers;
  }
}

function describe({ method, path }: ApiRequest): string {
  return `${method} ${path}`;
}

function queryString(query: Readonly<Record<string, string>> | undefined): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}

async function readText(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function isJson(response: TransportResponse): boolean {
  return response.contentType.includes("json");
}
