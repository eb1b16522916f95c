import type { EventStageFactory } from "./event-stage.ts";
import type { Recording } from "./recording.ts";
import type { RequestMatch, SeenRequest } from "./seen-request.ts";

/** How an answer gets lost after the server has done what was asked. */
export type LostHow = "reset" | "hang";

/** What a rule does to a request. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly reason: string;
      readonly message: string;
      readonly retryAfterSeconds: number | undefined;
    }
  | { readonly kind: "delay"; readonly requestMs: number; readonly answerMs: number }
  | {
      readonly kind: "lose-answer";
      readonly how: LostHow;
      readonly onCarriedOut: ((request: SeenRequest) => void) | undefined;
    }
  | { readonly kind: "recorded"; readonly recording: Recording }
  | { readonly kind: "events"; readonly stage: EventStageFactory };

export interface Rule {
  readonly match?: RequestMatch;
  /** Requests to act on; then the rule does nothing more. Without it, all of them. Not for faults of watch events. */
  readonly times?: number;
  readonly fault: Fault;
}

const REASONS: Readonly<Record<number, string>> = {
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

export interface AnswerOptions {
  /** Sent as a header and in the Status, as the API server does. */
  readonly retryAfterSeconds?: number;
  /** metav1.StatusReason; default: the one that belongs to the status. */
  readonly reason?: string;
  readonly message?: string;
}

/** The proxy answers itself, and the API server hears nothing of the request. */
export function answer(status: number, { retryAfterSeconds, reason, message }: AnswerOptions = {}): Fault {
  return {
    kind: "answer",
    status,
    reason: reason ?? REASONS[status] ?? "",
    message: message ?? "an injected fault",
    retryAfterSeconds,
  };
}

/** A server that is slow: milliseconds before the request reaches it, and before its answer comes back. */
export function slow({
  requestMs = 0,
  answerMs = 0,
}: {
  readonly requestMs?: number;
  readonly answerMs?: number;
}): Fault {
  return { kind: "delay", requestMs, answerMs };
}

/** The server carries the request out, and the client never learns it. `onCarriedOut` is told when the server has. */
export function loseAnswer(how: LostHow = "reset", onCarriedOut?: (request: SeenRequest) => void): Fault {
  return { kind: "lose-answer", how, onCarriedOut };
}

/** Reads see what was there when the recording was made; what it does not hold goes to the server. */
export function serveRecorded(recording: Recording): Fault {
  return { kind: "recorded", recording };
}

/** Something happens to the events of watches, those that are open already included. */
export function changeEvents(stage: EventStageFactory): Fault {
  return { kind: "events", stage };
}
