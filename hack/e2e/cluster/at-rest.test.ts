import { beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { byKey, lastWrites, ownedBy, waitReady } from "../support/platform.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const OPERATOR = ["-n", "profile-platform-system", "-l", "app.kubernetes.io/name=profile-platform-operator"] as const;

holdDemo();

describe("nothing happens without a reason", () => {
  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
  });

  test("the same manifest applied twice writes nothing", async () => {
    const before = await lastWrites(kubectl, "demo");
    expect(await kubectl.apply(DEMO)).toContain("unchanged");
    await waitReady(kubectl, "demo");
    // A change of the platform that means nothing makes the operator look at everything again.
    await kubectl.run(["annotate", "profileplatform", "demo", `example.com/looked-at=${Date.now()}`, "--overwrite"]);
    await waitReady(kubectl, "demo");
    expect(await lastWrites(kubectl, "demo")).toEqual(before);
  });

  test("a restart of the operator restarts no pod and writes no child", async () => {
    const pods = byKey(await kubectl.list("pods", ownedBy("demo")), "uid");
    const writes = await lastWrites(kubectl, "demo");
    const operators = JSON.parse(await kubectl.run(["get", "pods", ...OPERATOR, "-o", "json"])) as {
      items: { metadata: { uid: string } }[];
    };
    const old = new Set(operators.items.map((pod) => pod.metadata.uid));
    await kubectl.run(["delete", "pods", ...OPERATOR, "--wait=false"]);
    await eventually(
      async () => {
        const now = JSON.parse(await kubectl.run(["get", "pods", ...OPERATOR, "-o", "json"])) as {
          items: { metadata: { uid: string }; status: { conditions?: { type: string; status: string }[] } }[];
        };
        const fresh = now.items.filter((pod) => !old.has(pod.metadata.uid));
        const ready = fresh.filter((pod) =>
          pod.status.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
        );
        return now.items.length === ready.length && ready.length === old.size ? true : undefined;
      },
      { what: "a new operator pod is ready", timeoutMs: 90_000 },
    );
    await waitReady(kubectl, "demo");
    // The proof that the new operator has been through this platform: it puts right what is changed now.
    await kubectl.run(["delete", "configmap", "server", "-n", "server-layer", "--wait=false"]);
    await eventually(() => kubectl.get("configmap", "server", "server-layer"), {
      what: "the new operator works",
      timeoutMs: 60_000,
    });
    expect(byKey(await kubectl.list("pods", ownedBy("demo")), "uid")).toEqual(pods);
    const deleted = { "ConfigMap server-layer/server": "made again" };
    expect({ ...(await lastWrites(kubectl, "demo")), ...deleted }).toEqual({ ...writes, ...deleted });
  });
});
