import { eventually } from "../../support/eventually.ts";
import type { KubeApi } from "./kube-api.ts";

export interface ToldEvent {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
}

interface RawEvent extends ToldEvent {
  readonly regarding?: { readonly name?: string };
  readonly metadata: { readonly creationTimestamp: string };
}

/** Events of some reasons about a platform, oldest first as far as seconds tell; of all reasons when none is given. */
export async function eventsAbout(
  api: KubeApi,
  platform: string,
  ...reasons: readonly string[]
): Promise<readonly ToldEvent[]> {
  const { items } = await api.client.request<{ readonly items: readonly RawEvent[] }>({
    method: "GET",
    path: "/apis/events.k8s.io/v1/namespaces/default/events",
  });
  return items
    .filter(
      ({ regarding, reason }) => regarding?.name === platform && (reasons.length === 0 || reasons.includes(reason)),
    )
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
    .map(({ type, reason, note }) => ({ type, reason, note }));
}

/** The notes of WorkloadRestarted, sorted. */
export async function restartsOf(api: KubeApi, platform: string): Promise<readonly string[]> {
  return (await eventsAbout(api, platform, "WorkloadRestarted")).map(({ note }) => note).sort();
}

/** Waits until as many restarts of a platform's workloads are told as are expected; returns their notes, sorted. */
export function waitRestarts(api: KubeApi, platform: string, count: number): Promise<readonly string[]> {
  return eventually(
    async () => {
      const notes = await restartsOf(api, platform);
      if (notes.length >= count) return notes;
      throw new Error(JSON.stringify(notes));
    },
    { what: `${count} restarts of ${platform} are told`, timeoutMs: 20_000, everyMs: 50 },
  );
}
