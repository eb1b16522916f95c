import type { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "autocannon";

/** A connection of the load generator, which can be ended for good. */
type LoadClient = EventEmitter & { destroy(): void };

/** So many failures of one connection without an answer between them are an outage, not a pod that was replaced. */
const MAX_FAILURES_IN_A_ROW = 20;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4000;
const MAX_WAIT_MS = 30_000;

/**
 * What the load generator is to do with each of its connections. It connects again at once, thousands of times a second
 * where nothing listens; so a connection that only fails is ended, and the part with the last of them.
 */
export function giveUpWhenRefused(most = MAX_FAILURES_IN_A_ROW): (client: Client) => void {
  return (client) => {
    const connection = client as unknown as LoadClient;
    let failures = 0;
    connection.on("response", () => {
      failures = 0;
    });
    connection.on("connError", () => {
      failures += 1;
      if (failures >= most) connection.destroy();
    });
  };
}

/** Waits until the API answers again, asking less and less often. Throws a sentence when it does not within 30 s. */
export async function waitUntilAnswered(url: string): Promise<void> {
  const deadline = performance.now() + MAX_WAIT_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    try {
      const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(MAX_PAUSE_MS) });
      await answer.body?.cancel();
      if (answer.ok) return;
      if (performance.now() > deadline) throw new Error(`/ready was answered with ${answer.status}`);
    } catch (cause) {
      if (performance.now() > deadline) {
        const message = `${url} takes no requests any more, so the load ends here: see make status and make logs-server`;
        throw new Error(message, { cause });
      }
    }
    await delay(pause);
  }
}
