import { z } from "zod";
import { LOG_LEVELS } from "./engine/kit/log.ts";
import { UsageError } from "./errors.ts";
import { FIELD_MANAGER } from "./names.ts";

/** A flag of `run`, the variable that stands in for it, and what `--help` says. */
export interface RunOption {
  readonly flag: string;
  readonly variable: string | undefined;
  readonly description: string;
}

/** What `profileplatform run` can be told; a flag goes before its variable. */
export const RUN_OPTIONS = {
  images: {
    flag: "--images <file>",
    variable: "PROFILE_PLATFORM_IMAGES",
    description: "JSON file that names the images of components",
  },
  metricsPort: {
    flag: "--metrics-port <port>",
    variable: "METRICS_PORT",
    description: "port of /metrics, /healthz and /readyz (default: 8080)",
  },
  profiling: {
    flag: "--profiling <boolean>",
    variable: "PROFILING",
    description: "serve /debug/cpu-profile and /debug/heap-profile, to this machine or pod alone (default: false)",
  },
  profilingPort: {
    flag: "--profiling-port <port>",
    variable: "PROFILING_PORT",
    description: "port of the profiles, on the loopback address (default: 6060)",
  },
  leaderElect: {
    flag: "--leader-elect <boolean>",
    variable: "LEADER_ELECT",
    description: "work only while holding the Lease, so that several can run (default: true)",
  },
  namespace: {
    flag: "--namespace <name>",
    variable: "POD_NAMESPACE",
    description: "namespace of the operator: its Lease and its service account (default: profile-platform-system)",
  },
  serviceAccount: {
    flag: "--service-account <name>",
    variable: "SERVICE_ACCOUNT",
    description: "service account that gets rights in platforms' namespaces (default: profile-platform-operator)",
  },
  maxConcurrentReconciles: {
    flag: "--max-concurrent-reconciles <number>",
    variable: "MAX_CONCURRENT_RECONCILES",
    description: "platforms that are worked on at once, apart from those that take longer than a second (default: 4)",
  },
  logLevel: {
    flag: "--log-level <level>",
    variable: "LOG_LEVEL",
    description: `least level that is logged: ${LOG_LEVELS.join(", ")} (default: info)`,
  },
  kubeconfig: {
    flag: "--kubeconfig <file>",
    // KUBECONFIG, and the service account inside a pod, are the client's own affair.
    variable: undefined,
    description: "how to reach the cluster (default: KUBECONFIG, ~/.kube/config, or the pod's service account)",
  },
  identity: {
    flag: "--identity <name>",
    variable: "POD_NAME",
    description: "name of this process among several (default: host name and process id)",
  },
} as const satisfies Record<string, RunOption>;

export type RunOptionName = keyof typeof RUN_OPTIONS;

/** Values of flags as the command line gives them. */
export type RunFlags = Partial<Record<RunOptionName, string>>;

const dnsName = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be a name of small letters, digits and -");

const port = z.coerce
  .number("must be a port, 0 to 65535 (0 takes a free one)")
  .int("must be a whole number")
  .min(0, "must be 0 or above")
  .max(65535, "must be 65535 or below");

function boolean(byDefault: "true" | "false") {
  return z
    .enum(["true", "false"], "must be true or false")
    .default(byDefault)
    .transform((value) => value === "true");
}

const schema = z.object({
  images: z.string().optional(),
  metricsPort: port.default(8080),
  profiling: boolean("false"),
  profilingPort: port.default(6060),
  leaderElect: boolean("true"),
  namespace: dnsName.default("profile-platform-system"),
  serviceAccount: dnsName.default(FIELD_MANAGER),
  maxConcurrentReconciles: z.coerce
    .number("must be a whole number from 1 to 100")
    .int("must be a whole number")
    .min(1, "must be 1 or above")
    .max(100, "must be 100 or below")
    .default(4),
  logLevel: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
  kubeconfig: z.string().optional(),
  identity: z.string().optional(),
} satisfies Record<RunOptionName, z.ZodType>);

export type RunConfiguration = Readonly<z.infer<typeof schema>>;

/**
 * The configuration of `run`: flags, then the environment, then defaults. An empty variable counts as missing.
 *
 * @throws UsageError with a line for each bad value that names its flag or variable.
 */
export function parseRunConfiguration(
  flags: RunFlags,
  environment: Readonly<Record<string, string | undefined>>,
): RunConfiguration {
  const names = Object.keys(RUN_OPTIONS) as RunOptionName[];
  const given = names.flatMap((name) => {
    const { variable } = RUN_OPTIONS[name];
    const value = flags[name] ?? (variable === undefined ? undefined : environment[variable]);
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = path[0] as RunOptionName;
    const { flag, variable } = RUN_OPTIONS[name];
    const source = flags[name] === undefined ? variable : flag.split(" ")[0];
    return `${source ?? name} ${message}, and is ${JSON.stringify(Object.fromEntries(given)[name])}`;
  });
  throw new UsageError(lines.join("\n"));
}
