import { isIP } from "node:net";
import { z } from "zod";
import { parseDuration } from "./duration.ts";
import { OperatorError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

function expecting(what: string): { error: () => string } {
  return { error: () => what };
}

/** A TCP port. Zero is accepted so that tests can have the kernel choose one. */
export function port(fallback: number): z.ZodType<number> {
  return integer(fallback, 0, 65_535, "a port number from 0 to 65535");
}

/**
 * What the ports of one service have to be together. Zero is another one each time.
 *
 * @param ports what each is unless its variable says otherwise
 */
export function portRules(
  ports: Readonly<Record<string, number>>,
  environment: Environment,
): Readonly<Record<string, string>> {
  const taken = new Map<number, string>();
  const faults: Record<string, string> = {};
  for (const [name, fallback] of Object.entries(ports)) {
    const value = Number(environment[name] || fallback);
    const other = taken.get(value);
    if (value !== 0 && other !== undefined) faults[name] = `another port than that of ${other}`;
    taken.set(value, name);
  }
  return faults;
}

export function integer(
  fallback: number,
  minimum: number,
  maximum: number,
  what = `a whole number from ${minimum} to ${maximum}`,
): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,9}$/, expecting(what))
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, expecting(what))
    .default(fallback);
}

export interface PoolSize {
  readonly usual: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A number of connections. */
export function poolSize({ usual, minimum, maximum }: PoolSize): z.ZodType<number> {
  return integer(usual, minimum, maximum, `a number of connections from ${minimum} to ${maximum}`);
}

/** A duration in milliseconds, written as `24h`, `1h30m` or `1.5s`. */
export function duration(fallback: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const most = maximum < Number.MAX_SAFE_INTEGER ? ` and at most ${maximum} ms` : "";
  const what = `a duration such as ${fallback}, of at least ${minimum} ms${most}`;
  return z
    .string()
    .default(fallback)
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((value) => value >= minimum && value <= maximum, expecting(what));
}

export function text(fallback: string): z.ZodType<string> {
  return z.string().trim().min(1, expecting("text that is not empty")).default(fallback);
}

export function secret(): z.ZodType<string> {
  return z.string(expecting("a value: it has no default")).min(1, expecting("a value that is not empty"));
}

/** Origins of pages with commas between them; undefined where there are none. */
export function origins(): z.ZodType<readonly string[] | undefined> {
  const what = "origins with commas between them, such as https://app.example.org,http://localhost:3000";
  return z
    .string()
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .refine((list) => list.every(isOrigin), { error: () => what })
    .optional();
}

/** An origin as browsers write it: no path, no slash at the end, no port that goes without saying. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export function hostAndPort(fallback: string): z.ZodType<HostAndPort> {
  const what = "host:port, such as redis.data-layer.svc.cluster.local:6379";
  return z
    .string()
    .default(fallback)
    .transform((address, context) => {
      const parsed = parseHostAndPort(address);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: "custom", message: what });
      return z.NEVER;
    });
}

/** Addresses with commas between them; undefined where there are none. */
export function hostsAndPorts(): z.ZodType<readonly HostAndPort[] | undefined> {
  const what = "host:port with commas between them, such as redis-0.data-layer.svc.cluster.local:26379";
  return z
    .string()
    .optional()
    .transform((addresses, context) => {
      const parsed = addresses?.split(",").map((address) => parseHostAndPort(address.trim()));
      if (parsed === undefined) return undefined;
      const known = parsed.filter((address) => address !== undefined);
      if (known.length === parsed.length) return known;
      context.addIssue({ code: "custom", message: what });
      return z.NEVER;
    });
}

function parseHostAndPort(address: string): HostAndPort | undefined {
  const match = /^(.+):(\d{1,5})$/.exec(address);
  const [, host, portText] = match ?? [];
  if (host === undefined || Number(portText) < 1 || Number(portText) > 65_535) return undefined;
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(portText) };
}

export function amqpUri(fallback: string): z.ZodType<string> {
  const what = "an AMQP URI such as amqp://user:password@host:5672/";
  return z.string().default(fallback).refine(isAmqpUri, expecting(what));
}

function isAmqpUri(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (protocol === "amqp:" || protocol === "amqps:") && hostname !== "";
}

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** The variables of services that listen. */
export const listenVariables = {
  /** Address to listen on; all of them when it is left out. */
  LISTEN_HOST: z
    .string()
    .refine((value) => isIP(value) !== 0, expecting("an IP address of this machine, such as 127.0.0.1"))
    .optional(),
};

/** The variables that every service reads. */
export const commonVariables = {
  LOG_LEVEL: z.enum(logLevels, expecting(`one of ${logLevels.join(", ")}`)).default("info"),
};

export const postgresVariables = {
  DB_HOST: text("localhost"),
  DB_PORT: integer(5432, 1, 65_535),
  DB_USER: text("postgres"),
  DB_PASSWORD: secret(),
  DB_NAME: text("profiles"),
};

export const redisVariables = {
  REDIS_ADDRESS: hostAndPort("localhost:6379"),
  /** Instead of REDIS_ADDRESS: they say where the master of that name is, now and after a failover. */
  REDIS_SENTINELS: hostsAndPorts(),
  REDIS_SENTINEL_NAME: text("redis"),
  REDIS_PASSWORD: secret(),
  REDIS_DB: integer(0, 0, 1_024),
};

export const queueVariables = { QUEUE_URI: amqpUri("amqp://guest:guest@localhost:5672/") };

export const cacheVariables = {
  CACHE_MAX_ENTRIES: integer(10, 1, 100_000),
  CACHE_NEW_ENTRY_TTL: duration("24h", 1),
  CACHE_UPDATED_ENTRY_TTL: duration("1h", 1),
  /** What Redis may take for one command: past this the database answers sooner. */
  CACHE_REDIS_TIMEOUT: duration("250ms", 10, 2_000),
};

export const shutdownVariables = { SHUTDOWN_GRACE_PERIOD: duration("20s", 100) };

export const breakerVariables = {
  /** Failures in a row after which a dependency is left alone. */
  BREAKER_FAILURES: integer(5, 1, 1_000),
  /** From one look at whether it answers again to the next. Not longer, for recovery waits for it. */
  BREAKER_PROBE_INTERVAL: duration("500ms", 50, 1_000),
};

/** Values of a table of variables, as loadConfig returns them. */
export type Configuration<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/**
 * Reads and validates configuration from environment variables. An empty variable counts as an absent one, because
 * that is how manifests spell "not set".
 *
 * @param together what is expected of variables that depend on each other, by the name of each that is wrong
 * @throws OperatorError naming every bad variable and what is expected of it; never a value, for it may be a secret.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
  together: (environment: Environment) => Readonly<Record<string, string>> = () => ({}),
): Configuration<Shape> {
  const present = Object.fromEntries(Object.keys(shape).map((name) => [name, environment[name] || undefined]));
  const parsed = z.object(shape).safeParse(present);
  const faults = new Map(Object.entries(together(environment)));
  if (parsed.success && faults.size === 0) return parsed.data;
  for (const issue of parsed.error?.issues ?? []) faults.set(String(issue.path[0]), issue.message);
  const lines = [...faults].map(([name, expected]) => `  ${name}: expected ${expected}`);
  throw new OperatorError(`The configuration is not valid. Set these environment variables:\n${lines.join("\n")}`);
}
