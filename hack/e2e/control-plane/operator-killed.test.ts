import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { children, objectKey, platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import { waitApplied } from "./support/settled.ts";

let bench: OperatorBench;
/** Of a platform whose first apply nobody disturbed. */
let expected: readonly string[];

const name = (index: number) => `killed-${index}`;
const keysOf = (objects: readonly KubernetesObject[], platform: string) =>
  objects.map((object) => objectKey(object).replaceAll(`${platform}-`, "")).sort();

async function create(platform: string): Promise<void> {
  await bench.kubectl.apply(platformManifest(platform, { namespacePrefix: `${platform}-` }));
}

beforeAll(async () => {
  bench = await startOperatorBench();
  const operator = await bench.startOperator();
  await create(name(0));
  await waitApplied(bench.kubectl, name(0));
  expected = keysOf(await children(bench.kubectl, name(0)), name(0));
  await operator.stop();
});

afterAll(async () => {
  await bench?.stop();
});

describe("an operator that is killed in the middle of a first apply", () => {
  // How many objects of the platform exist when it dies: spread over the whole of the apply.
  test.each([1, 3, 12, 22, 34, 45])(
    "after %i objects leaves nothing that the next one does not finish",
    async (count) => {
      const { kubectl } = bench;
      const platform = name(count);
      const first = await bench.startOperator();
      const log = async () =>
        (await first.log()).split("\n").filter((line) => line.includes('"result":"created"')).length;
      const before = await log();
      const died = eventually(
        async () => ((await log()) - before >= count ? first.kill().then(() => true) : undefined),
        {
          what: `${count} objects are made`,
          timeoutMs: 30_000,
          everyMs: 1,
        },
      );
      await create(platform);
      await died;
      const half = await children(kubectl, platform);
      // That the next one waits until the lease of the dead one has run out is another test's matter.
      await kubectl.run(["delete", "lease", "profile-platform-operator", "-n", "platform-system", "--wait=false"]);
      const second = await bench.startOperator();
      await waitApplied(kubectl, platform);
      const whole = await children(kubectl, platform);
      expect(keysOf(whole, platform)).toEqual(expected);
      expect(values(whole)).toMatchObject(values(half));
      copiesAgree(whole, platform);
      await second.stop();
    },
  );
});

test("two of them work in turn: the second takes over when the first is killed", async () => {
  const first = await bench.startOperator();
  const second = await bench.launchOperator();
  await first.kill();
  await create("successor");
  await waitApplied(bench.kubectl, "successor");
  expect(await second.log()).toContain('"msg":"Leading"');
});

/** What a Secret holds never changes, whoever goes on with the work. */
function values(objects: readonly KubernetesObject[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    objects.filter(({ kind }) => kind === "Secret").map((secret) => [objectKey(secret), secret["data"]]),
  );
}

function copiesAgree(objects: readonly KubernetesObject[], platform: string): void {
  const all = values(objects);
  const copies = Object.entries(all).filter(([key]) => key.includes("server-layer"));
  expect(copies.length).toBeGreaterThan(0);
  for (const [key, copy] of copies) {
    expect(all[key.replace(`${platform}-server-layer`, `${platform}-data-layer`)]).toMatchObject(copy as object);
  }
}
