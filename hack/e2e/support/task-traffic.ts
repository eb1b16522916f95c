import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "./eventually.ts";
import { monotonicMs } from "./monotonic-clock.ts";
import type { ProfileApi } from "./profile-api.ts";

interface TaskAnswer {
  readonly task: { readonly id: string; readonly status: string; readonly attempts: number };
}

export interface TaskTrafficResult {
  /** Tasks that were acknowledged. */
  readonly scheduled: number;
  /** When each was acknowledged: milliseconds of the machine's monotonic clock. */
  readonly acknowledgedAt: readonly number[];
  /** What scheduling was answered otherwise, or not at all. */
  readonly wrong: readonly string[];
  /** Tasks that did not succeed, by what became of them. */
  readonly unfinished: readonly string[];
  /** Attempts beyond the first, of all tasks together. */
  readonly repeated: number;
}

export interface TaskTraffic {
  /** Stops, and waits until each task that was acknowledged has ended. `patienceMs`: for how long at most. */
  stop(patienceMs: number): Promise<TaskTrafficResult>;
}

/** Schedules a task every 50 ms until told to stop, due within two seconds. */
export async function startTasks(api: ProfileApi): Promise<TaskTraffic> {
  // Has a token made. Those who waited for it would come all at once, and some of them be refused for that.
  await api.call("GET", "/api/v1/tasks?limit=1");
  const stopping = new AbortController();
  const wrong: string[] = [];
  const ids: string[] = [];
  const acknowledgedAt: number[] = [];

  const schedule = async (number: number): Promise<void> => {
    try {
      const body = { type: "echo", payload: { number }, delaySeconds: (number % 21) / 10 };
      const answer = await api.call<TaskAnswer>("POST", "/api/v1/tasks/delayed", body);
      if (answer.status === 202) {
        ids.push(answer.body.task.id);
        acknowledgedAt.push(monotonicMs());
      } else wrong.push(`a task was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
    } catch (error) {
      wrong.push(`a task got no answer: ${String(error)}`);
    }
  };

  const use = async (): Promise<void> => {
    const sent: Promise<void>[] = [];
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      sent.push(schedule(number));
      await sleep(50);
    }
    await Promise.all(sent);
  };

  const using = use();
  return {
    stop: async (patienceMs) => {
      stopping.abort();
      await using;
      const waiting = new Set(ids);
      let repeated = 0;
      const states = new Map<string, string>();
      const look = async (id: string): Promise<void> => {
        const { status, body } = await api.call<TaskAnswer>("GET", `/api/v1/tasks/${id}`);
        states.set(id, status === 200 ? body.task.status : `answered with ${status}`);
        if (status !== 200 || body.task.status !== "succeeded") return;
        waiting.delete(id);
        repeated += body.task.attempts - 1;
      };
      await eventually(
        async () => {
          for (const id of waiting) await look(id);
          return waiting.size === 0 || undefined;
        },
        { what: "every task that was acknowledged has succeeded", timeoutMs: patienceMs, everyMs: 500 },
      ).catch(() => undefined);
      const unfinished = [...waiting].map((id) => `${id}: ${states.get(id)}`);
      return { scheduled: ids.length, acknowledgedAt, wrong, unfinished, repeated };
    },
  };
}
