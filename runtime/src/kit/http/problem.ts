import type { Response } from "express";

export interface FieldError {
  /** JSON pointer into the request's body (`#/email`), or the name of a query parameter or header. */
  readonly pointer: string;
  readonly detail: string;
}

/** An answer as RFC 9457 describes it. `type` names the kind of problem and never changes. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

interface Kind {
  readonly title: string;
  readonly status: number;
}

/** The one table of problems. Names are a contract with clients: never reused, never renamed. */
const kinds = {
  "bad-request": { title: "The request cannot be understood", status: 400 },
  "validation-failed": { title: "The request is not valid", status: 400 },
  "not-found": { title: "There is no such resource", status: 404 },
  "method-not-allowed": { title: "The resource does not support this method", status: 405 },
  "email-taken": { title: "The e-mail address is taken", status: 409 },
  "version-mismatch": { title: "The resource has changed meanwhile", status: 412 },
  "body-too-large": { title: "The request's body is too large", status: 413 },
  "unsupported-media-type": { title: "The body's media type is not supported", status: 415 },
  internal: { title: "The service failed", status: 500 },
  unavailable: { title: "The service cannot answer just now", status: 503 },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof kinds;

const typePrefix = "urn:profile-platform:problem:";

/** Thrown by a handler to answer with a problem. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly details: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    extra: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: extra.cause });
    const { title, status } = kinds[kind];
    const errors = extra.errors === undefined ? {} : { errors: extra.errors };
    this.details = { type: typePrefix + kind, title, status, detail, ...errors };
    this.headers = extra.headers ?? {};
  }
}

export function sendProblem(response: Response, { details, headers }: Problem): void {
  response.status(details.status).set(headers).type("application/problem+json").send(JSON.stringify(details));
}
