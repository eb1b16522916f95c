import { type Attributes, SpanKind } from "@opentelemetry/api";
import { Redis } from "ioredis";
import { type Description, inSpan, isRecording } from "../traces/span.ts";

type Argument = string | number;

/**
 * Runs a script that `defineCommand` has given to a connection under a name, which is what spans call it.
 *
 * @throws what Redis or the connection says of it
 */
export function runScript(redis: Redis, name: string, args: readonly Argument[]): Promise<unknown> {
  const commands = redis as unknown as Record<string, (...args: readonly Argument[]) => Promise<unknown>>;
  const operation = { "db.operation.name": "EVALSHA", "db.stored_procedure.name": name };
  return inSpan(
    `EVALSHA ${name}`,
    () => describe(redis, operation),
    async () => commands[name]?.(...args),
  );
}

/** Scripts have their spans from `runScript`, which knows what they are called. */
const scriptCommands: ReadonlySet<string> = new Set(["eval", "evalsha"]);

/** A connection each command of which is a span. It has the command's name, and no key or value. */
export class TracedRedis extends Redis {
  override sendCommand(...[command, stream]: Parameters<Redis["sendCommand"]>): unknown {
    const reply = super.sendCommand(command, stream);
    if (isRecording() && !scriptCommands.has(command.name)) {
      const name = command.name.toUpperCase();
      const span = inSpan(
        name,
        () => describe(this, { "db.operation.name": name }),
        () => command.promise,
      );
      // Whoever has sent the command is told.
      span.catch(() => undefined);
    }
    return reply;
  }
}

/** Whether Sentinels say where Redis is. */
export function hasSentinels({ options: { sentinels } }: Redis): boolean {
  return (sentinels?.length ?? 0) > 0;
}

function describe(redis: Redis, operation: Attributes): Description {
  const { db = 0, host, port } = redis.options;
  // With Sentinels, these are what the driver would use without them.
  const address = hasSentinels(redis) ? {} : { host, port };
  return {
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": "redis",
      "db.namespace": String(db),
      ...operation,
      ...(address.host === undefined ? {} : { "server.address": address.host }),
      ...(address.port === undefined ? {} : { "server.port": address.port }),
    },
  };
}
