import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClassBench, startClassBench } from "../../control-plane/support/class-bench.ts";
import { account, waitAtRest, writesOf } from "../../control-plane/support/idle.ts";
import { fullSpec, plainSpec } from "../../control-plane/support/schema/specs.ts";
import { byKey } from "../../support/platform.ts";

/** AT_REST_MINUTES=10 for the figure that is published. */
const MINUTES = Number(process.env["AT_REST_MINUTES"] ?? 0.5);
const SPECS = { plain: plainSpec("plain-"), full: fullSpec("full-") };
const NAMES = Object.keys(SPECS);

let bench: ClassBench;

beforeAll(async () => {
  bench = await startClassBench();
  for (const [name, spec] of Object.entries(SPECS)) await bench.createReady(name, spec);
  for (const name of NAMES) await waitAtRest(bench.api, bench.operator, name);
});

afterAll(async () => {
  await bench?.stop();
});

/** What everybody wrote, by the API server's account, and what the operator did, by its own. */
async function done(): Promise<unknown> {
  const versions = await Promise.all(NAMES.map((name) => bench.api.children(name)));
  return {
    writes: await writesOf(bench.api),
    operator: await account(bench.operator),
    versions: byKey(
      versions.flat().filter(({ kind }) => kind !== "HorizontalPodAutoscaler"),
      "resourceVersion",
    ),
  };
}

test(
  `in ${MINUTES * 60} idle seconds nothing is written and nothing is reconciled`,
  async () => {
    const before = await done();
    await delay(MINUTES * 60_000);
    expect(await done()).toEqual(before);
    console.log(`${MINUTES * 60} idle seconds: 0 writes, 0 reconciles`);
  },
  MINUTES * 60_000 + 30_000,
);
