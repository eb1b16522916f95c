import { Command } from "commander";
import { describeFailure } from "../demo/hinted.ts";
import { fuzzCheck } from "../fuzz/check.ts";
import { anySeed, fuzzSettings } from "../fuzz/settings.ts";
import { type ApiAddress, apiAddress } from "./address.ts";
import { apiChecks } from "./api-checks.ts";
import { runChecks } from "./check.ts";
import { type LiveCluster, liveCluster } from "./cluster.ts";
import { eventChecks } from "./event-checks.ts";
import { forwardAll } from "./forward.ts";
import { HttpClient } from "./http.ts";
import { integrationChecks } from "./integration-checks.ts";
import { runLoad } from "./load.ts";
import { loadSettings } from "./load-settings.ts";
import { showLogs } from "./logs.ts";
import { metricsChecks } from "./metrics-checks.ts";
import { wholeNumber } from "./numbers.ts";
import { runOutageLoad } from "./outage-load.ts";
import { PLATFORM } from "./platform.ts";
import { restart } from "./restart.ts";
import { showStatus } from "./status.ts";
import { parseWorkloads } from "./workloads.ts";

// What is done with a platform that runs. Settings come from the environment, as `make` passes them on.
const program = new Command("live").description("Look at, use and test the platform that runs.");
const write = (text: string) => void process.stdout.write(text);

program.command("status").action(async () => {
  process.exitCode = await showStatus(await liveCluster(), [PLATFORM]);
});

program
  .command("logs")
  .argument("[component...]")
  .action(async (words: string[]) => {
    const { TAIL, FOLLOW } = process.env;
    const options = { tail: wholeNumber("TAIL", TAIL, { fallback: 100, most: 1_000_000 }), follow: FOLLOW === "1" };
    await showLogs(await liveCluster(), parseWorkloads(words), options);
  });

program
  .command("restart")
  .argument("[component...]")
  .action(async (words: string[]) => restart(await liveCluster(), parseWorkloads(words)));

program.command("port-forward").action(async () => forwardAll(await liveCluster(), write));

program.command("test-api").action(async () => {
  const settings = fuzzSettings(process.env, anySeed);
  await withApi(async (http, cluster, address) => {
    const checks = [
      ...apiChecks(http, new HttpClient(address.url)),
      ...eventChecks(http, address),
      ...metricsChecks(cluster),
      fuzzCheck(address, settings, write),
    ];
    return (await runChecks(checks, write)) === 0;
  });
});

program.command("test-integration").action(async () => {
  await withApi(async (http, cluster) => (await runChecks(integrationChecks(cluster, http), write)) === 0);
});

program.command("test-load").action(async () => {
  const settings = loadSettings(process.env);
  await withApi(async (_, cluster, address) => {
    const fast = await runLoad(address, settings, write);
    const right = !settings.outages || (await runOutageLoad(cluster, address, settings, write));
    return fast && right;
  });
});

async function withApi(
  work: (http: HttpClient, cluster: LiveCluster, address: ApiAddress) => Promise<boolean>,
): Promise<void> {
  const cluster = await liveCluster();
  const address = await apiAddress(cluster);
  const { url, token, via, close } = address;
  try {
    write(`profile API of platform ${PLATFORM} at ${url} (${via})\n`);
    if (!(await work(new HttpClient(url, token), cluster, address))) process.exitCode = 1;
  } finally {
    close();
  }
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = 1;
}
