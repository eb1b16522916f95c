import type { ProfilePlatform } from "@profile-platform/crds";
import type { Cache } from "@profile-platform/operator/engine/cache/cache";
import type { ReadableStore } from "@profile-platform/operator/engine/cache/store";
import { PLATFORM_TYPE } from "@profile-platform/operator/kinds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { eventually } from "../../e2e/support/eventually.ts";

/** Notes when each platform is first seen to be applied at each generation. */
export class Tracker {
  readonly #applied = new Map<string, { readonly generation: number; readonly at: number }>();

  constructor(cache: Cache) {
    const store: ReadableStore = cache.watch(PLATFORM_TYPE, { transform: withoutSpec });
    store.subscribe(({ type, object }) => {
      if (type !== "deleted") this.#note(object as unknown as ProfilePlatform);
    });
  }

  /**
   * Resolves with the moment (of performance.now) at which the last of these platforms was seen to be applied at its
   * generation.
   */
  async allApplied(
    generations: ReadonlyMap<string, number>,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<number> {
    return eventually(
      async () => {
        if (signal.aborted) return Number.NaN;
        const missing = [...generations].filter(
          ([name, generation]) => (this.#applied.get(name)?.generation ?? -1) < generation,
        );
        if (missing.length > 0) throw new Error(`${missing.length} are not, ${missing[0]?.[0]} is one of them`);
        return Math.max(...[...generations.keys()].map((name) => this.#applied.get(name)?.at ?? Number.NaN));
      },
      { what: `all ${generations.size} platforms are applied`, timeoutMs, everyMs: 50 },
    );
  }

  #note({ metadata: { name }, status }: ProfilePlatform): void {
    const generation = status?.observedGeneration ?? 0;
    const known = this.#applied.get(name);
    if (!isApplied(status) || (known !== undefined && known.generation >= generation)) return;
    this.#applied.set(name, { generation, at: performance.now() });
  }
}

/** Everything that can be applied is: what is left waits for pods that nobody runs here. */
export function isApplied(status: ProfilePlatform["status"]): boolean {
  const applied = status?.conditions?.find(({ type }) => type === "Applied");
  return (
    applied !== undefined &&
    applied.observedGeneration === status?.observedGeneration &&
    (applied.status === "True" || applied.reason === "WaitingForDependencies")
  );
}

function withoutSpec({ spec: _spec, ...rest }: KubernetesObject): KubernetesObject {
  return rest;
}
