import type { Progress } from "../cluster/index.ts";
import { apiAddress, nodePortUrls } from "../live/address.ts";
import type { LiveCluster } from "../live/cluster.ts";
import { showStatus } from "../live/status.ts";
import { HintedError, withHints } from "./hinted.ts";
import { installOperator } from "./operator.ts";
import { applyManifest, MANIFEST, platformName, waitReady } from "./platform.ts";
import { nodesWanted, prepare } from "./prepare.ts";
import { Stopwatch } from "./stopwatch.ts";
import { tourApi } from "./tour.ts";

const PORT_FORWARDED = "http://localhost:8080";

/** From an empty machine to a platform that serves, with a tour of its API if wanted; leaves it running. */
export async function demo(progress: Progress, { tour }: { readonly tour: boolean }): Promise<void> {
  // What was asked for is looked at before any of it is begun.
  const nodes = nodesWanted(process.env["NODES"]);
  const name = platformName(MANIFEST);
  const stopwatch = new Stopwatch();
  const { cluster, helm, images } = await prepare(progress, stopwatch, nodes);

  await stopwatch.time("operator", () =>
    withHints("installing the operator", ["make logs-operator", "make cluster-status"], () =>
      progress.step("operator installed", () => installOperator(cluster, helm, images)),
    ),
  );
  await stopwatch.time("apply to Ready", async () => {
    progress.line(`$ kubectl apply -f ${MANIFEST}\n${await applyManifest(cluster, MANIFEST)}`);
    await waitReady(cluster, name);
  });
  if (tour) await stopwatch.time("tour of the API", () => tourPlatform(cluster));

  const [url = PORT_FORWARDED] = await show(cluster, name);
  process.stdout.write(`\nTimes\n${stopwatch.table()}\n\n${nextSteps(cluster, name, url)}`);
}

async function tourPlatform(cluster: LiveCluster): Promise<void> {
  const { url, token, via, close } = await apiAddress(cluster);
  try {
    process.stdout.write(`\nThe profile API at ${url} (${via})\n`);
    await withHints("using the profile API", ["make logs-server", "make logs-worker", "make test-api"], () =>
      tourApi(url, token, (line) => process.stdout.write(`  ${line}\n`)),
    );
  } finally {
    close();
  }
}

/** Returns the addresses of the profile API that are open without more ado. */
async function show(cluster: LiveCluster, name: string): Promise<readonly string[]> {
  const table = await cluster.kubectl.run(["get", "profileplatforms"]);
  process.stdout.write(`\n$ kubectl get profileplatforms\n${table}\n$ kubectl profileplatform status ${name}\n`);
  if ((await showStatus(cluster, [name])) !== 0) {
    throw new HintedError("the status of the platform could not be shown", ["make status"]);
  }
  const urls = await nodePortUrls(cluster);
  const addresses =
    urls.length === 0
      ? [`  make port-forward, then ${PORT_FORWARDED}/api/v1/profiles`]
      : urls.map((url) => `  ${url}/api/v1/profiles`);
  process.stdout.write(`\nAddresses of the API\n${addresses.join("\n")}\n`);
  return urls;
}

function nextSteps({ kubeconfig, provider }: LiveCluster, name: string, url: string): string {
  const use = provider.kind === "current" ? [] : [`  export KUBECONFIG=${kubeconfig}`];
  const lines = [
    "It keeps running. Go on with",
    ...use,
    '  export PATH="$PWD/node_modules/.bin:$PATH"     for kubectl profileplatform',
    "  make status, make logs, make test-api, make test-load",
    `  ${`kubectl edit profileplatform ${name}`.padEnd(47)}to change what is wanted, such as server.autoscaling`,
    `  curl -H "Authorization: Bearer $(profileplatform token --role editor)" ${url}/api/v1/profiles`,
    "Take it down with",
    "  make delete-all      the platform and the operator",
    "  make clean-all       the whole cluster",
  ];
  return `${lines.join("\n")}\n`;
}
