import { concurrently } from "@profile-platform/operator/engine/kit/concurrently";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { content } from "../support/content.ts";
import { EDITS } from "../support/drift.ts";
import { eventually, timed } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { byKey, children, objectKey, waitReady } from "../support/platform.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

/** Each takes some runs of kubectl, one after the other, which mostly wait. */
const AT_ONCE = 4;

/** Children whose deletion is a story of its own: a namespace takes everything in it along. */
const NOT_DELETED = new Set(["Namespace"]);

holdDemo();

describe("what is changed by hand is put right", () => {
  let before: readonly KubernetesObject[];

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    before = await children(kubectl, "demo");
  });

  test("every child that is deleted comes back", async () => {
    const slowest: { seconds: number; key: string } = { seconds: 0, key: "" };
    const deleted = before.filter((one) => !NOT_DELETED.has(one.kind));
    // What runs the data services goes last: while those are away, what waits for them is not made again either.
    const others = deleted.filter(({ kind }) => kind !== "StatefulSet");
    const goesAfter = (child: KubernetesObject) => (child.kind === "StatefulSet" ? others : []);
    await concurrently(deleted, AT_ONCE, goesAfter, async (child) => {
      const { namespace, name, uid } = child.metadata;
      await kubectl.run(["delete", child.kind, name, "-n", String(namespace), "--wait=false", "--cascade=background"]);
      const { seconds } = await timed(() =>
        eventually(
          async () => {
            const now = await kubectl.get(child.kind, name, namespace);
            return now !== undefined && now.metadata.uid !== uid && now.metadata.deletionTimestamp === undefined
              ? now
              : undefined;
          },
          { what: `${objectKey(child)} is back`, timeoutMs: 10_000 },
        ),
      );
      if (seconds > slowest.seconds) Object.assign(slowest, { seconds, key: objectKey(child) });
    });
    console.log(`${deleted.length} children deleted; the slowest was back after ${slowest.seconds} s: ${slowest.key}`);
    await waitReady(kubectl, "demo");
    expect(Object.keys(byKey(await children(kubectl, "demo"), "uid"))).toEqual(Object.keys(byKey(before, "uid")));
  });

  test("every child that is edited has its content back", async () => {
    await concurrently(
      await children(kubectl, "demo"),
      AT_ONCE,
      () => [],
      async (child) => {
        const { namespace, name } = child.metadata;
        const scope = namespace === undefined ? [] : ["-n", namespace];
        const patch = child.kind === "ConfigMap" ? emptied(child) : EDITS[child.kind];
        expect(patch, `an edit for ${child.kind} is written down`).toBeDefined();
        const edited = await kubectl.try([
        "patch", child.kind, name, ...scope, "--type=merge", "-p", JSON.stringify(patch), "-o", "json",
      ]); // biome-ignore format: one call
        expect(edited.code, edited.stderr).toBe(0);
        await eventually(
          async () => {
            const now = await kubectl.get(child.kind, name, namespace);
            expect(content(now)).toEqual(content(child));
            return true;
          },
          { what: `${objectKey(child)} is as it was`, timeoutMs: 10_000 },
        );
      },
    );
    await waitReady(kubectl, "demo");
  });

  test("a Secret's content cannot be edited at all", async () => {
    const refused = await kubectl.try([
      "patch", "secret", "postgresql-credentials", "-n", "data-layer", "--type=merge", "-p", '{"data":{"password":"eA=="}}',
    ]); // biome-ignore format: one call
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("immutable");
  });
});

/** Every value of a ConfigMap replaced by nothing. */
function emptied(configMap: KubernetesObject): unknown {
  const data = Object.keys((configMap["data"] ?? {}) as Record<string, string>).map((key) => [key, ""] as const);
  return { data: Object.fromEntries(data) };
}
