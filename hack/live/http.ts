import type { TokenSource } from "../e2e/support/token.ts";

const TIMEOUT_MS = 10_000;

export interface Exchange<T> {
  readonly headers: Headers;
  readonly text: string;
  /** What the text says, where it is JSON; undefined otherwise. */
  readonly body: T;
}

/** What a request is expected to be answered with. */
export interface Expected {
  readonly status: number;
  /** Beginning of the content type. */
  readonly type?: string;
}

/** A small client that checks status and content type of each answer. */
export class HttpClient {
  readonly #base: string;
  readonly #token: TokenSource | undefined;

  /** @param token absent for a client that shows none */
  constructor(base: string, token?: TokenSource) {
    this.#base = base;
    this.#token = token;
  }

  async send<T>(
    method: string,
    path: string,
    expected: Expected,
    body?: { readonly json: unknown } | { readonly raw: string; readonly type: string },
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Exchange<T>> {
    const payload =
      body === undefined
        ? undefined
        : "json" in body
          ? { text: JSON.stringify(body.json), type: "application/json" }
          : { text: body.raw, type: body.type };
    const token = await this.#token?.();
    const response = await fetch(this.#base + path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
        ...(payload === undefined ? {} : { "content-type": payload.type }),
      },
      ...(payload === undefined ? {} : { body: payload.text }),
    });
    const text = await response.text();
    if (response.status !== expected.status) {
      throw new Error(
        `${method} ${path} was answered with ${response.status}, not ${expected.status}: ${text.slice(0, 300)}`,
      );
    }
    const type = response.headers.get("content-type") ?? "";
    if (expected.type !== undefined && !type.startsWith(expected.type)) {
      throw new Error(`${method} ${path} was answered with the content type "${type}", not ${expected.type}`);
    }
    return {
      headers: response.headers,
      text,
      body: (/\bjson\b|\+json\b/.test(type) ? JSON.parse(text) : undefined) as T,
    };
  }
}
