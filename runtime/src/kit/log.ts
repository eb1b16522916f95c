import { type DestinationStream, type Logger, pino } from "pino";
import type { logLevels } from "./config.ts";
import { withoutUserinfo } from "./errors.ts";
import { censored, secretNames, withoutNestedSecrets } from "./secrets.ts";
import { traceFields } from "./traces/context.ts";

export type { Logger } from "pino";
export type LogLevel = (typeof logLevels)[number];

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const deepestCause = 5;

/**
 * The fields of an error that are safe to log. Other properties are left out on purpose: a Redis reply error carries
 * the command with its arguments, which for AUTH is the password, and a PostgreSQL error carries the row.
 */
export function serializeError(thrown: unknown, depth = 0): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: JSON.stringify(thrown) ?? "undefined" };
  const { code } = thrown as { readonly code?: unknown };
  return {
    type: thrown.name,
    message: withoutUserinfo(thrown.message),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(thrown.stack === undefined || depth > 0 ? {} : { stack: withoutUserinfo(thrown.stack) }),
    ...(thrown.cause === undefined || depth >= deepestCause ? {} : { cause: serializeError(thrown.cause, depth + 1) }),
  };
}

/**
 * JSON lines on standard output, one event a line, with the service's name, the time in ISO 8601, and the trace that the
 * event belongs to.
 */
export function createLogger(service: string, level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutNestedSecrets },
      mixin: traceFields,
      serializers: { err: (thrown: unknown) => serializeError(thrown) },
      // Fields of the line itself. A path with a wildcard would have it look at every field for every name.
      redact: { paths: [...secretNames], censor: censored },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
