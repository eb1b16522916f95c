import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "./eventually.ts";
import { monotonicMs } from "./monotonic-clock.ts";
import type { ProfileApi, ProfileResponse } from "./profile-api.ts";

interface Versioned extends ProfileResponse {
  readonly profile: ProfileResponse["profile"] & { readonly version: number };
}

export interface TrafficResult {
  readonly reads: number;
  readonly writes: number;
  /** When each write was acknowledged: milliseconds of the machine's monotonic clock. */
  readonly acknowledgedAt: readonly number[];
  /** Reads older than a write that was acknowledged before they were sent, and answers that were none. */
  readonly wrong: readonly string[];
}

export interface Traffic {
  /** Waits until a read is answered from the cache. */
  untilCached(): Promise<void>;
  stop(): Promise<TrafficResult>;
}

/** Writes and reads four profiles until told to stop, and holds each answer against the writes before it. */
export function startTraffic(api: ProfileApi): Traffic {
  const stopping = new AbortController();
  const wrong: string[] = [];
  const acknowledgedAt: number[] = [];
  const count = { reads: 0, writes: 0, cached: 0 };

  /** Undefined for one that was refused, or got no answer. */
  const asked = async (what: string, call: ReturnType<typeof api.call<Versioned>>): Promise<Versioned | undefined> => {
    try {
      const { status, body } = await call;
      if (status === 200) return body;
      wrong.push(`a ${what} was answered with ${status}`);
    } catch (error) {
      wrong.push(`a ${what} got no answer: ${String(error)}`);
    }
    return undefined;
  };

  const use = async (index: number): Promise<void> => {
    const email = `traffic-${index}-${Date.now()}@example.com`;
    const created = await api.create({ name: "round 0", email });
    const { id } = created.body.profile;
    let acknowledged = 1;
    const write = async (): Promise<void> => {
      for (let round = 1; !stopping.signal.aborted; round += 1) {
        const body = { name: `round ${round}`, email };
        const answer = await asked("write", api.call<Versioned>("PUT", `/api/v1/profiles/${id}`, body));
        if (answer !== undefined) {
          acknowledged = answer.profile.version;
          acknowledgedAt.push(monotonicMs());
        }
        count.writes += 1;
        await sleep(100);
      }
    };
    const read = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const atLeast = acknowledged;
        const answer = await asked("read", api.call<Versioned>("GET", `/api/v1/profiles/${id}`));
        if (answer !== undefined && answer.profile.version < atLeast) {
          wrong.push(`version ${answer.profile.version} after ${atLeast}`);
        } else if (answer?.source === "cache") count.cached += 1;
        count.reads += 1;
        await sleep(20);
      }
    };
    await Promise.all([write(), read()]);
  };

  const using = Promise.all(Array.from({ length: 4 }, (_, index) => use(index)));
  return {
    untilCached: async () => {
      const before = count.cached;
      await eventually(async () => count.cached > before + 10 || undefined, {
        what: "reads are answered from the cache",
        timeoutMs: 60_000,
      });
    },
    stop: async () => {
      stopping.abort();
      await using;
      return { reads: count.reads, writes: count.writes, acknowledgedAt, wrong };
    },
  };
}
