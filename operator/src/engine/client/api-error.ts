/** The parts of a metav1.Status that callers use. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

interface ApiErrorInit {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The API server answered, and the answer was no. */
export class ApiError extends Error {
  /** HTTP status, or the code of the Status object of a watch's ERROR event. */
  readonly status: number;
  /** metav1.StatusReason, such as `NotFound`, `Conflict`, `AlreadyExists`; empty where the server gave none. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** How long the server asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;

  constructor(init: ApiErrorInit) {
    super(init.message);
    this.name = "ApiError";
    this.status = init.status;
    this.reason = init.reason;
    this.details = init.details;
    this.retryAfterMs = init.retryAfterMs;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Optimistic lock, precondition or field ownership; not AlreadyExists, which has the same HTTP status. */
  get isConflict(): boolean {
    return this.status === 409 && this.reason !== "AlreadyExists";
  }

  get isAlreadyExists(): boolean {
    return this.status === 409 && this.reason === "AlreadyExists";
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  get isInvalid(): boolean {
    return this.status === 422;
  }

  /** The resource version or the continue token is too old. */
  get isGone(): boolean {
    return this.status === 410;
  }
}

/** True for an ApiError with status 404, whatever wraps it not. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.isNotFound;
}

/** Makes the error of a response that is not 2xx. `body` is a metav1.Status wherever the API server itself answered. */
export function toApiError(request: string, status: number, body: string, retryAfter: string | undefined): ApiError {
  const parsed = parseStatus(body);
  const retryAfterSeconds = parsed.details?.retryAfterSeconds ?? parseSeconds(retryAfter);
  return new ApiError({
    status,
    reason: parsed.reason ?? "",
    message: `${request}: ${status} ${parsed.message ?? body.slice(0, 200)}`.trim(),
    details: parsed.details,
    retryAfterMs: retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000,
  });
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // A proxy or load balancer in front of the API server answers in its own format.
    return {};
  }
}

function parseSeconds(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header === undefined || header === "" || !Number.isFinite(seconds) ? undefined : seconds;
}
