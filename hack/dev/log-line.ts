/** Fields that stand elsewhere in a line, or are the same in all of them. */
const SHOWN: ReadonlySet<string> = new Set(["level", "time", "msg", "service", "pid", "hostname", "err"]);

/** As wide as the longest name of what runs. */
const NAME_WIDTH = 10;

/** What stands in front of all that a program writes. */
export function prefix(name: string): string {
  return `${name.padEnd(NAME_WIDTH)} | `;
}

/** A line of a program's output as people read it: a record of the services' logs as a sentence, anything else as it is. */
export function formatLine(line: string): string {
  const record = parse(line);
  if (record === undefined) return line;
  const { level, time, msg, err } = record;
  const clock = typeof time === "string" ? time.slice(11, 23) : "";
  const fields = Object.entries(record)
    .filter(([name]) => !SHOWN.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [`${clock} ${String(level).padEnd(5)} ${String(msg)}${fields.join("")}`.trimStart(), ...causes(err)].join(
    "\n",
  );
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return "level" in record && "msg" in record ? record : undefined;
  } catch {
    return undefined;
  }
}

interface LoggedError {
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
}

function causes(logged: unknown): readonly string[] {
  if (typeof logged !== "object" || logged === null) return [];
  const { message, stack, cause } = logged as LoggedError;
  const text = typeof stack === "string" ? stack : String(message);
  return [...text.split("\n").map((line) => `  ${line}`), ...causes(cause)];
}
