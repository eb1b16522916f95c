import type { Router } from "express";
import type { Registry } from "prom-client";
import type { Dependency } from "../kit/health.ts";
import type { Logger } from "../kit/log.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import type { Operation } from "../openapi/operation.ts";
import { authenticate } from "./authenticate.ts";
import type { AuthSettings } from "./config.ts";
import { guardRoutes } from "./guard.ts";
import { keyFile } from "./key-file.ts";
import { KeySet, type Pace } from "./key-set.ts";
import { createAuthMetrics } from "./metrics.ts";
import { oidcKeys } from "./oidc.ts";
import { socketAdvice, tokenAdvice } from "./problems.ts";
import { upgradeToken } from "./upgrade-token.ts";
import { rememberVerified } from "./verified-tokens.ts";
import { createVerifier, type Verifier } from "./verify.ts";

/** A file costs nothing to read; an issuer is somebody else's, and tells of a new key long before it signs with it. */
const paces = {
  file: { interval: 30_000, shortest: 3_000, backoff: { initial: 500, maximum: 5_000 } },
  oidc: { interval: 300_000, shortest: 10_000, backoff: { initial: 1_000, maximum: 30_000 } },
} as const satisfies Record<AuthSettings["keys"]["kind"], Pace>;

/** Tokens that are remembered: some 500 bytes each. */
const verifiedTokens = 5_000;

export interface AuthOptions {
  readonly settings: AuthSettings;
  readonly operations: readonly Operation[];
  /** How many requests are let in; absent for any number. */
  readonly limits?: RequestLimits;
  readonly registry: Registry;
  readonly log: Logger;
}

export interface Auth {
  readonly keys: KeySet;
  /** Without keys no request can be answered. */
  readonly dependency: Dependency;
  readonly verify: Verifier;
  /** Stands in front of all routes. */
  readonly guard: Router;
}

/** Authentication as a service uses it. No key is read yet. */
export function openAuth({ settings, operations, limits, registry, log }: AuthOptions): Auth {
  const metrics = createAuthMetrics(registry, () => keys.age());
  const keys = new KeySet({
    source: settings.keys.kind === "file" ? keyFile(settings.keys.path) : oidcKeys(settings.issuer),
    algorithms: settings.algorithms,
    pace: paces[settings.keys.kind],
    metrics,
    log,
    now: () => performance.now(),
    random: Math.random,
  });
  const advice = tokenAdvice(settings);
  const verify = rememberVerified({
    verify: createVerifier({ settings, find: keys.find, now: Date.now }),
    generation: () => keys.generation,
    largest: verifiedTokens,
    now: Date.now,
  });
  return {
    keys,
    dependency: { name: "token-keys", required: true, check: () => keys.check() },
    verify,
    guard: guardRoutes(
      operations,
      authenticate({ verify, metrics, advice, limits }),
      authenticate({ verify, metrics, advice: `${advice} ${socketAdvice}`, tokenOf: upgradeToken, limits }),
      limits,
    ),
  };
}
