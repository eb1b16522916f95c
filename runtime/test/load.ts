import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Sent {
  readonly status: number;
  /** Milliseconds from when the request was due to the last byte of its answer. */
  readonly took: number;
  readonly retryAfter: string | undefined;
}

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests a second, whether the ones before were answered or not. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  /** The body of the next request; it is a GET when absent. */
  readonly body?: () => unknown;
}

/** Sends requests at a rate, on as many connections as it takes. @returns what became of each, in their order */
export async function offer({ url, headers, rate, duration, body }: Load): Promise<readonly Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const sent: Promise<Sent>[] = [];
  const startedAt = performance.now();
  try {
    while (performance.now() - startedAt < duration * 1_000) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
      while (sent.length < due) sent.push(sendOne(url, headers, agent, body?.()));
      await sleep(5);
    }
    return await Promise.all(sent);
  } finally {
    agent.destroy();
  }
}

function sendOne(url: string, headers: Load["headers"], agent: Agent, body: unknown): Promise<Sent> {
  const dueAt = performance.now();
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const length = payload === undefined ? {} : { "Content-Type": "application/json", "Content-Length": payload.length };
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      agent,
      method: payload === undefined ? "GET" : "POST",
      headers: { ...headers, ...length },
    });
    asked.on("error", reject);
    asked.on("response", (answer) => {
      answer.on("error", reject);
      answer.on("end", () => {
        const { statusCode: status = 0, headers: told } = answer;
        resolve({ status, took: performance.now() - dueAt, retryAfter: told["retry-after"] });
      });
      answer.resume();
    });
    asked.end(payload);
  });
}

/** The time that this part of the requests took at most, in milliseconds. */
export function percentile(sent: readonly Sent[], part: number): number {
  const times = sent.map(({ took }) => took).toSorted((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
}
