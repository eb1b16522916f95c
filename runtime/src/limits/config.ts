import { z } from "zod";
import { type Configuration, duration, integer } from "../kit/config.ts";
import { parseDuration } from "../kit/duration.ts";
import type { Policy } from "./policy.ts";

type Budget = Omit<Policy, "name">;

const largestQuota = 1_000_000;
const longestWindow = 3_600_000;

/** Requests within a time: `5000/10s`. */
function budget(fallback: string): z.ZodType<Budget> {
  const what = `requests within a time, such as ${fallback}: 1 to ${largestQuota}, and whole seconds up to 1h`;
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const [, quota, time = ""] = /^(\d{1,7})\/(\w[\w.]*)$/.exec(text) ?? [];
      const parsed = { quota: Number(quota), window: parseDuration(time) ?? Number.NaN };
      const sound =
        parsed.quota >= 1 &&
        parsed.quota <= largestQuota &&
        parsed.window >= 1_000 &&
        parsed.window <= longestWindow &&
        parsed.window % 1_000 === 0;
      if (sound) return parsed;
      context.addIssue({ code: "custom", message: what });
      return z.NEVER;
    });
}

export const limitVariables = {
  /** Of each subject of a token: requests that read, and requests that write. */
  RATE_LIMIT_READS: budget("5000/10s"),
  RATE_LIMIT_WRITES: budget("3000/10s"),
  /** Of each address: requests that need no token, and requests whose token is refused or missing. */
  RATE_LIMIT_ANONYMOUS: budget("5000/10s"),
  RATE_LIMIT_REFUSALS: budget("100/10s"),
  /** Buckets that a process remembers: each takes some 200 bytes. */
  RATE_LIMIT_MEMORY_BUCKETS: integer(20_000, 100, 1_000_000),
  /** That Redis may take before memory decides. */
  RATE_LIMIT_REDIS_TIMEOUT: duration("100ms", 5, 1_000),
  /** Proxies in front of the server, each of which adds the address that it was asked from to X-Forwarded-For. */
  TRUSTED_PROXY_HOPS: integer(0, 0, 10),
};

export type LimitConfiguration = Configuration<typeof limitVariables>;

/** The budgets, by what they are for. */
export interface Policies {
  readonly reads: Policy;
  readonly writes: Policy;
  readonly anonymous: Policy;
  readonly refusals: Policy;
}

export function policiesOf(config: LimitConfiguration): Policies {
  return {
    reads: { name: "reads", ...config.RATE_LIMIT_READS },
    writes: { name: "writes", ...config.RATE_LIMIT_WRITES },
    anonymous: { name: "anonymous", ...config.RATE_LIMIT_ANONYMOUS },
    refusals: { name: "refusals", ...config.RATE_LIMIT_REFUSALS },
  };
}
