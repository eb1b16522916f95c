/** Names of fields that are never logged. */
export const secretNames = [
  "password",
  "authorization",
  "cookie",
  "token",
  "secret",
  "DB_PASSWORD",
  "REDIS_PASSWORD",
  "QUEUE_URI",
  "S3_SECRET_ACCESS_KEY",
] as const;

/** What stands in place of what they hold. */
export const censored = "[redacted]";

const secret: ReadonlySet<string> = new Set(secretNames);

/** Levels below the fields of a line. */
const deepest = 2;

/**
 * The fields of a line without secrets in objects that they hold. Most lines hold none, and are given back as they are:
 * pino's own search for such names takes as long as all the rest of writing a line.
 */
export function withoutNestedSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return below(fields, 0);
}

function below<T extends object>(fields: T, depth: number): T {
  let copy: T | undefined;
  for (const name of Object.keys(fields)) {
    const value: unknown = Reflect.get(fields, name);
    const shown = depth > 0 && secret.has(name) ? censored : shownOf(value, depth);
    if (shown === value) continue;
    copy ??= (Array.isArray(fields) ? [...fields] : { ...fields }) as T;
    Reflect.set(copy, name, shown);
  }
  return copy ?? fields;
}

/** Of errors a serializer chooses what is safe; bytes have no names. */
function shownOf(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth >= deepest) return value;
  if (value instanceof Error || ArrayBuffer.isView(value)) return value;
  return below(value, depth + 1);
}
