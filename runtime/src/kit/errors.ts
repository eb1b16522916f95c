/**
 * A failure whose sentence is written for the person who operates the service. Entry points print the message alone;
 * any other error is a defect and is printed with its stack.
 */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}

/** The service was asked to stop before it had started: nothing is wrong. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** A dependency (PostgreSQL, Redis, RabbitMQ) could not be used just now; the same call may succeed later. */
export class UnavailableError extends Error {
  override readonly name: string = "UnavailableError";
  readonly dependency: string;

  constructor(dependency: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.dependency = dependency;
  }
}

/** Nothing was sent to the dependency: whatever was asked for has not happened, and will not. */
export class NotAttemptedError extends UnavailableError {
  override readonly name: string = "NotAttemptedError";
}

/** The dependency failed so often of late that it is left alone until it answers again. */
export class CircuitOpenError extends NotAttemptedError {
  override readonly name = "CircuitOpenError";

  constructor(dependency: string) {
    super(dependency, `${dependency} is left alone until it answers again`);
  }
}

/** The dependency answers, but so many wait for it already that it could not in time. */
export class SaturatedError extends NotAttemptedError {
  override readonly name = "SaturatedError";
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(typeof thrown === "string" ? thrown : JSON.stringify(thrown));
}

/** An error and its causes in one line, for events that are part of operation and need no stack. */
export function reasonOf(thrown: unknown): string {
  const { message, cause } = toError(thrown);
  const own = message === "" ? (errorCode(thrown) ?? "unknown error") : withoutUserinfo(message);
  return cause === undefined ? own : `${own}: ${reasonOf(cause)}`;
}

/** The `code` of a Node.js, PostgreSQL or AMQP error, when it has one. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  const { code } = thrown;
  return typeof code === "string" || typeof code === "number" ? String(code) : undefined;
}

/** Connection URIs end up in messages of URL parsers and drivers. */
export function withoutUserinfo(text: string): string {
  return text.replaceAll(/\b([a-z][a-z+.-]*:\/\/)[^\s/@]+@/gi, "$1***@");
}
