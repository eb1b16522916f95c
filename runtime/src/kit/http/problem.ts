import type { Response } from "express";
import { z } from "zod";
import { traceOf } from "./request.ts";

const fieldError = z
  .object({
    pointer: z.string().meta({
      description: "JSON pointer into the body of the request (`#/email`), or the name of a parameter or header.",
    }),
    detail: z.string().meta({ description: "What is wrong there." }),
  })
  .readonly();
export type FieldError = z.infer<typeof fieldError>;

/** An answer as RFC 9457 describes it. `type` names the kind of problem and never changes. */
export const problemDetails = z.object({
  type: z.string().meta({ description: "Names the kind of problem, and never changes its meaning." }),
  title: z.string().meta({ description: "The kind of problem in words." }),
  status: z.int().meta({ description: "The status of the answer." }),
  detail: z.string().meta({ description: "What is wrong with this request, and what to do." }),
  errors: z.array(fieldError).readonly().exactOptional().meta({ description: "Every wrong field." }),
  traceId: z.string().exactOptional().meta({
    description: "Names the trace that the request belongs to, in logs as well; absent when there is none.",
  }),
});
export type ProblemDetails = Readonly<z.infer<typeof problemDetails>>;

interface Kind {
  readonly title: string;
  readonly status: number;
}

/** The one table of problems. Names are a contract with clients: never reused, never renamed. */
export const problemKinds = {
  "bad-request": { title: "The request cannot be understood", status: 400 },
  "validation-failed": { title: "The request is not valid", status: 400 },
  "token-required": { title: "A token is required", status: 401 },
  "invalid-token": { title: "The token is not valid", status: 401 },
  "origin-not-allowed": { title: "Pages of this origin may not connect", status: 403 },
  "insufficient-role": { title: "The token's role does not suffice", status: 403 },
  "not-found": { title: "There is no such resource", status: 404 },
  "method-not-allowed": { title: "The resource does not support this method", status: 405 },
  "email-taken": { title: "The e-mail address is taken", status: 409 },
  "image-limit-reached": { title: "The profile has as many images as it may", status: 409 },
  "request-in-progress": { title: "The same request is being carried out", status: 409 },
  "task-ended": { title: "The task has ended", status: 409 },
  "task-not-replayable": { title: "The task cannot be replayed", status: 409 },
  "version-mismatch": { title: "The resource has changed meanwhile", status: 412 },
  "body-too-large": { title: "The request's body is too large", status: 413 },
  "unsupported-media-type": { title: "The body's media type is not supported", status: 415 },
  "range-not-satisfiable": { title: "The resource has no such range", status: 416 },
  "image-refused": { title: "The image cannot be used", status: 422 },
  "idempotency-key-reused": { title: "The idempotency key belongs to another request", status: 422 },
  "upgrade-required": { title: "The resource speaks WebSocket", status: 426 },
  "rate-limited": { title: "Too many requests", status: 429 },
  "headers-too-large": { title: "The request's headers are too large", status: 431 },
  internal: { title: "The service failed", status: 500 },
  unavailable: { title: "The service cannot answer just now", status: 503 },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof problemKinds;

/** The `type` of a kind of problem. */
export function problemType(kind: ProblemKind): string {
  return `urn:profile-platform:problem:${kind}`;
}

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
    const { title, status } = problemKinds[kind];
    const errors = extra.errors === undefined ? {} : { errors: extra.errors };
    this.details = { type: problemType(kind), title, status, detail, ...errors };
    this.headers = extra.headers ?? {};
  }
}

export function sendProblem(response: Response, { details, headers }: Problem): void {
  const traceId = traceOf(response.req);
  const body = JSON.stringify(traceId === undefined ? details : { ...details, traceId });
  response.status(details.status).set(headers).type("application/problem+json").send(body);
}
