import { writeFileSync } from "node:fs";
import {
  describeMixture,
  held,
  type LoadReport,
  renderReport,
  runMixedLoad,
} from "@profile-platform/runtime/mixed-load";
import { type ApiAddress, answeringNodePorts } from "./address.ts";
import { PROFILES } from "./api.ts";
import type { LiveCluster } from "./cluster.ts";
import { HttpClient } from "./http.ts";
import type { LoadSettings } from "./load-settings.ts";
import { KILLED, podOutage } from "./pod-outage.ts";

const RECOVER_WITHIN_MS = 180_000;
const HOUR_SECONDS = 3600;

/**
 * Sends a mixture of requests while a pod of each data service is killed, and prints what became of it. Returns false
 * when an acknowledged write was lost, a read was wrong, or the platform did not recover.
 */
export async function runOutageLoad(
  cluster: LiveCluster,
  { url, token }: Pick<ApiAddress, "url" | "token">,
  { rate, requests, connections, results }: LoadSettings,
  write: (text: string) => void,
): Promise<boolean> {
  const nodePorts = await answeringNodePorts(cluster);
  const urls = nodePorts.length > 0 ? nodePorts : [url];
  write(
    `\n${describeRequests(requests, rate)} on ${connections} connections to ${urls.length} addresses:\n` +
      `${describeMixture()}.\n` +
      `Meanwhile a pod of ${Object.values(KILLED).join(", ")} is killed, one after the other; OUTAGES=0 leaves this out.\n`,
  );
  const services = Object.keys(KILLED) as (keyof typeof KILLED)[];
  const report = await runMixedLoad({
    urls,
    token,
    count: connections,
    rate,
    requests,
    outages: services.map((service) => podOutage(cluster, service)),
    recoverWithinMs: RECOVER_WITHIN_MS,
    random: Math.random,
    now: () => performance.now(),
    say: (text) => write(`${text}\n`),
  });
  write(`\n${renderReport(report)}\n`);
  if (results !== undefined) {
    writeFileSync(results, `${JSON.stringify(report, null, 1)}\n`);
    write(`raw results: ${results}\n`);
  }
  if (held(report)) await removeProfiles(report, new HttpClient(url, token), write);
  else write("Its profiles are left as they are, so that they can be looked at.\n");
  return held(report);
}

/** How many requests, what they stand for, and how long they take. */
export function describeRequests(requests: number, rate: number): string {
  const each = Math.round((requests / HOUR_SECONDS) * 10) / 10;
  return `${requests} requests, as many as an hour of ${each} a second, sent at ${rate} a second in ${Math.ceil(requests / rate)} s`;
}

async function removeProfiles(
  { profiles }: LoadReport,
  http: HttpClient,
  write: (text: string) => void,
): Promise<void> {
  let left = 0;
  for (const id of profiles) {
    await http.send("DELETE", `${PROFILES}/${id}`, { status: 204 }).catch(() => {
      left += 1;
    });
  }
  if (left > 0) write(`${left} profiles of this test could not be deleted again\n`);
}
