import { type DestinationStream, type Logger, pino } from "pino";
import type { logLevels } from "./config.ts";
import { withoutUserinfo } from "./errors.ts";
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

const secretPaths = ["password", "authorization", "cookie", "token", "secret"].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
]);

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
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
      serializers: { err: (thrown: unknown) => serializeError(thrown) },
      redact: {
        paths: [...secretPaths, "DB_PASSWORD", "REDIS_PASSWORD", "QUEUE_URI", "S3_SECRET_ACCESS_KEY"],
        censor: "[redacted]",
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
