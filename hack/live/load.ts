import { randomUUID } from "node:crypto";
import autocannon, { type Result } from "autocannon";
import type { ApiAddress } from "./address.ts";
import { PROFILES } from "./api.ts";
import { HttpClient } from "./http.ts";
import { giveUpWhenRefused, waitUntilAnswered } from "./load-outage.ts";

export interface LoadOptions {
  /** Seconds of each part. */
  readonly duration: number;
  /** Requests a second of all connections together. */
  readonly rate: number;
  readonly connections: number;
}

/** More errors than this, and a run's latencies are not worth reading. */
const MAX_ERROR_SHARE = 0.001;
/** Below this part of the rate asked for, the platform or the generator could not keep up. */
const MIN_RATE_SHARE = 0.95;
/** Beyond its duration, a part waits for its last answers. */
const MARGIN_SECONDS = 30;
/** As many as the cache keeps by default, so that reads of them are hits. */
const READ_PROFILES = 10;

interface Part {
  readonly name: string;
  readonly requests: autocannon.Request[];
}

/** Sends reads, writes and a mixture at a fixed rate and prints what came back. Returns false when it did not hold. */
export async function runLoad(
  { url, token }: Pick<ApiAddress, "url" | "token">,
  options: LoadOptions,
  write: (text: string) => void,
): Promise<boolean> {
  const http = new HttpClient(url, token);
  const ids = await createProfiles(http);
  try {
    const { duration, rate, connections } = options;
    const setupClient = giveUpWhenRefused();
    write(`${rate} requests a second on ${connections} connections, ${duration} s each\n`);
    write(`${HEADER}\n`);
    let held = true;
    for (const { name, requests } of parts(ids)) {
      // A request is written once and sent many times, so the token has to last for the part.
      const authorization = `Bearer ${await token(duration + MARGIN_SECONDS)}`;
      const result = await autocannon({
        url,
        duration,
        overallRate: rate,
        connections,
        requests: requests.map((request) => ({ ...request, headers: { ...request.headers, authorization } })),
        timeout: 10,
        setupClient,
      });
      write(`${line(name, result)}\n`);
      for (const problem of problems(result, rate)) {
        held = false;
        write(`  ✗ ${problem}\n`);
      }
      if (result.errors > result.timeouts) await waitUntilAnswered(url);
    }
    write("Latency is from the moment a request was due, so that a stall counts for all that it held up.\n");
    return held;
  } finally {
    const removals = ids.map((id) => http.send("DELETE", `${PROFILES}/${id}`, { status: 204 }));
    const left = (await Promise.allSettled(removals)).filter(({ status }) => status === "rejected").length;
    // What went wrong before is what is to be told, so this is no error of its own.
    if (left > 0) write(`${left} profiles of this test could not be deleted again\n`);
  }
}

async function createProfiles(http: HttpClient): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let count = 0; count < READ_PROFILES; count += 1) {
    const body = { json: { name: `Load ${count}`, email: `load.${randomUUID()}@example.com` } };
    const answer = await http.send<{ profile: { id: string } }>("POST", PROFILES, { status: 201 }, body);
    ids.push(answer.body.profile.id);
  }
  return ids;
}

function parts(ids: readonly string[]): readonly Part[] {
  const reads = ids.map((id): autocannon.Request => ({ method: "GET", path: `${PROFILES}/${id}` }));
  const updates = ids.map(
    (id, index): autocannon.Request => ({
      method: "PUT",
      path: `${PROFILES}/${id}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: `Load ${index}`, email: `load.${id}@example.com` }),
    }),
  );
  return [
    { name: "reads", requests: reads },
    { name: "updates", requests: updates },
    // Nine reads, one update.
    { name: "90% reads", requests: updates.flatMap((update) => [...reads.slice(0, 9), update]) },
  ];
}

const HEADER = `${"".padEnd(12)}${["req/s", "answers", "errors", "p50 ms", "p90 ms", "p99 ms", "max ms"].map((name) => name.padStart(10)).join("")}`;

function line(name: string, { requests, latency, errors, non2xx }: Result): string {
  const cells = [
    requests.average.toFixed(0),
    String(requests.total),
    String(errors + non2xx),
    ...[latency.p50, latency.p90, latency.p99, latency.max].map((value) => value.toFixed(0)),
  ];
  return `${name.padEnd(12)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}

type Outcome = Pick<Result, "errors" | "timeouts" | "non2xx"> & {
  readonly requests: Pick<Result["requests"], "average" | "total">;
};

/** What of a part is not as it should be, and what to do about it. */
export function problems({ requests, errors, timeouts, non2xx }: Outcome, rate: number): readonly string[] {
  // The generator counts a timeout as an error too.
  const refused = errors - timeouts;
  const found: string[] = [];
  if (errors + non2xx > MAX_ERROR_SHARE * requests.total) {
    const what = `${refused} connection errors, ${timeouts} timeouts, ${non2xx} answers other than 2xx`;
    found.push(`${what}: see ${refused > 0 ? "make status and " : ""}make logs-server`);
  }
  // A platform that cannot be reached is not one that is slow.
  if (refused === 0 && requests.average < MIN_RATE_SHARE * rate) {
    found.push(`${rate} a second were asked for and could not be kept up: lower RATE, or give the platform more CPU`);
  }
  return found;
}
