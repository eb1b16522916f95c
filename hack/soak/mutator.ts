import type { ProfilePlatform } from "@profile-platform/crds";
import { resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { type Clock, sleep } from "@profile-platform/operator/engine/kit/clock";
import { PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { currentReady } from "../e2e/support/platform.ts";
import type { AuditedChange, Auditor } from "./auditor.ts";
import { deedsFor } from "./deeds.ts";
import type { DirectApi } from "./direct-api.ts";
import type { ForeignObjects } from "./foreign.ts";
import type { SeededRandom } from "./random.ts";

export interface MutatorOptions {
  readonly platform: string;
  readonly api: DirectApi;
  readonly auditor: Auditor;
  readonly foreign: ForeignObjects;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly onChange: (change: AuditedChange) => void;
  /** What is right of the platform's children has been learned anew. */
  readonly onLearned: () => void;
}

const PAUSE_MS = [0, 300] as const;
const READY_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A field of the spec, and the child that shows it. */
interface SpecField {
  readonly spec: (value: number) => unknown;
  readonly child: { readonly kind: string; readonly name: string };
  readonly shows: (child: KubernetesObject, value: number) => boolean;
}

/** Fields that several components show, with and without a restart of pods. */
const SPEC_FIELDS: readonly SpecField[] = [
  {
    spec: (value) => ({ server: { autoscaling: { minReplicas: 2, maxReplicas: value } } }),
    child: { kind: "HorizontalPodAutoscaler", name: "server" },
    shows: ({ spec }, value) => (spec as { maxReplicas: number }).maxReplicas === value,
  },
  {
    spec: (value) => ({ worker: { concurrency: value } }),
    child: { kind: "ConfigMap", name: "worker" },
    shows: ({ data }, value) => (data as Record<string, string>)["WORKER_CONCURRENCY"] === String(value),
  },
  {
    spec: (value) => ({ server: { cache: { maxEntries: value } } }),
    child: { kind: "ConfigMap", name: "server" },
    shows: ({ data }, value) => (data as Record<string, string>)["CACHE_MAX_ENTRIES"] === String(value),
  },
];

/** Changes one platform all the time, one thing after the other, each when the one before it is answered. */
export class Mutator {
  readonly #options: MutatorOptions;
  #value = 3;

  constructor(options: MutatorOptions) {
    this.#options = options;
  }

  /** Runs until `signal` aborts; what is under way is answered or missed then. */
  async run(signal: AbortSignal): Promise<void> {
    const { random, clock } = this.#options;
    while (!signal.aborted) {
      await this.#step();
      await sleep(clock, random.between(...PAUSE_MS), signal);
    }
  }

  async #step(): Promise<void> {
    const { random, foreign, platform, api } = this.#options;
    const chance = random.next();
    if (chance < 0.03) return foreign.edit();
    if (chance < 0.06) {
      // Somebody's own label on the platform: nothing is to be done about it.
      const body = { metadata: { labels: { "example.com/looked-at": String(random.between(1, 1000)) } } };
      const path = resourcePath(PLATFORM_TYPE, { name: platform });
      await api.request({ method: "PATCH", path, body, contentType: "application/merge-patch+json" });
      return;
    }
    return chance < 0.11 ? this.#changeSpec() : this.#disturb();
  }

  async #disturb(): Promise<void> {
    const { random, auditor, platform, onChange } = this.#options;
    const child = random.pick(auditor.childrenOf(platform));
    const change = await auditor.disturb(child, random.pick(deedsFor(child)));
    if (change !== undefined) onChange(change);
  }

  async #changeSpec(): Promise<void> {
    const { random, auditor, platform, onChange, onLearned } = this.#options;
    const { spec, child, shows } = random.pick(SPEC_FIELDS);
    this.#value = 3 + ((this.#value + random.between(0, 46)) % 48);
    const value = this.#value;
    const found = auditor
      .childrenOf(platform)
      .find(({ kind, metadata }) => kind === child.kind && metadata.name === child.name);
    if (found === undefined) throw new Error(`platform ${platform} has no ${child.kind} ${child.name}`);
    if (shows(found, value)) return;
    const change = await auditor.changeSpec(platform, spec(value), found, (now) => shows(now, value));
    onChange(change);
    const awaited = await this.#untilReady();
    if (awaited !== undefined) {
      onChange({
        ...change,
        object: `ProfilePlatform ${platform}, not Ready after it (${awaited})`,
        latencyMs: undefined,
      });
    }
    await auditor.learn(platform);
    onLearned();
  }

  /** Pods restart one by one; until they have, the children are on their way. Returns what is awaited in vain. */
  async #untilReady(): Promise<string | undefined> {
    const { api, platform, clock } = this.#options;
    const path = resourcePath(PLATFORM_TYPE, { name: platform });
    const giveUp = clock.monotonic() + READY_TIMEOUT_MS;
    for (;;) {
      const now = (await api.request({ method: "GET", path })) as unknown as ProfilePlatform;
      const ready = currentReady(now);
      if (ready?.status === "True") return undefined;
      if (clock.monotonic() > giveUp) return ready?.message ?? "the newest generation has not been looked at";
      await sleep(clock, LOOK_EVERY_MS, new AbortController().signal);
    }
  }
}
