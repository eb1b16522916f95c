import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openField } from "../../../chaos/open-field.ts";
import { CHAOS_PLATFORM, MANIFEST } from "../../../chaos/platform.ts";
import { runChaos } from "../../../chaos/run.ts";
import { postgresKilled } from "../../../chaos/scenarios/postgres-killed.ts";
import { primaryPodKilled } from "../../../chaos/scenarios/primary-pod-killed.ts";
import { readState } from "../../../cluster/embedded/state.ts";
import { cacheRoot, createProgress, embeddedProvider } from "../../../cluster/index.ts";
import { CLUSTER_NAME } from "../../cluster/setup.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { waitReady } from "../../support/platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const progress = createProgress();

/** Two instances share a node, and each copies the database. */
const READY_TIMEOUT_MS = 300_000;

/** Writers come from the nodes' own networks, and processes are killed from outside: no other cluster lets one do that. */
const isEmbedded = readState(cacheRoot(), CLUSTER_NAME) !== undefined;

describe.skipIf(!isEmbedded)("the short set of make chaos: a primary fails, and no acknowledged write is lost", () => {
  beforeAll(async () => {
    await kubectl.apply(MANIFEST);
    await waitReady(kubectl, CHAOS_PLATFORM, READY_TIMEOUT_MS);
  });

  afterAll(async () => {
    await kubectl.run(["delete", "profileplatform", CHAOS_PLATFORM, "--cascade=foreground", "--timeout=180s"]);
  });

  test.each([primaryPodKilled, postgresKilled])("$name", async (scenario) => {
    const field = openField(embeddedProvider(CLUSTER_NAME, progress), kubectl, CLUSTER_NAME);
    const run = { scenarios: [scenario], rounds: 1, operatorKilled: false };
    const { scenarios, lostInTheEnd } = await runChaos(field, run, progress);
    const round = scenarios[0]?.rounds[0];
    // How long it took is measured by make chaos, on a machine that does nothing else.
    expect(round?.acknowledged).toBeGreaterThan(0);
    expect(round).toMatchObject({ lost: [], acceptedByFormer: [] });
    expect(lostInTheEnd).toEqual([]);
  });
});
