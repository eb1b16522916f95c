import { isDeepStrictEqual } from "node:util";
import { differingPaths } from "@profile-platform/operator/engine/cache/content";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { content, contentWithoutReplicas } from "../../support/content.ts";
import { eventually } from "../../support/eventually.ts";
import { objectKey } from "../../support/platform.ts";
import type { KubeApi } from "./kube-api.ts";

interface Restoration {
  readonly object: string;
  readonly ms: number;
}

function described({ object, ms }: Restoration): string {
  return `${Math.round(ms)} ms ${object}`;
}

/** How long it took until each of several objects was as it was before. */
export class Restorations {
  readonly #all: Restoration[] = [];

  add(object: string, ms: number): void {
    this.#all.push({ object, ms });
  }

  get count(): number {
    return this.#all.length;
  }

  /** `5077 ms Service a/b`: those that took longer than `ms`. */
  slowerThan(ms: number): readonly string[] {
    return this.#all.filter((one) => one.ms > ms).map(described);
  }

  /** `43 of 43, median 21 ms, slowest 80 ms Service a/b, 60 ms Secret c/d`. */
  describe(of: number): string {
    const sorted = [...this.#all].sort((a, b) => b.ms - a.ms);
    const median = Math.round(sorted[Math.floor(sorted.length / 2)]?.ms ?? 0);
    const slowest = sorted.slice(0, 3).map(described);
    return `${this.count} of ${of}, median ${median} ms, slowest ${slowest.join(", ")}`;
  }
}

/**
 * Disturbs a child and waits until it is there and as it was. Returns the milliseconds from before the request until
 * then; the request itself and the last look are part of them.
 */
export async function msToRestore(
  api: KubeApi,
  child: KubernetesObject,
  disturb: () => Promise<unknown>,
  options: { readonly anew?: boolean; readonly timeoutMs?: number } = {},
): Promise<number> {
  // The number of pods of a Deployment may be an autoscaler's.
  const compared = child.kind === "Deployment" ? contentWithoutReplicas : content;
  const wanted = compared(child);
  const started = performance.now();
  await disturb();
  await eventually(
    async () => {
      const now = await api.get(child);
      if (now === undefined || now.metadata.deletionTimestamp !== undefined) return undefined;
      if (options.anew === true && now.metadata.uid === child.metadata.uid) return undefined;
      const is = compared(now);
      if (isDeepStrictEqual(is, wanted)) return true;
      throw new Error(`it differs in ${differingPaths(wanted, is).join(", ")}`);
    },
    { what: `${objectKey(child)} is as it was`, timeoutMs: options.timeoutMs ?? 10_000, everyMs: 2 },
  );
  return performance.now() - started;
}
