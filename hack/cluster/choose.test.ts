import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chooseProvider } from "./choose.ts";
import { silent } from "./embedded/progress.ts";
import { renderKindConfig } from "./providers/kind.ts";

it.each(["current", "kind", "embedded"] as const)("takes CLUSTER=%s at its word", async (kind) => {
  expect((await chooseProvider("local", silent, { CLUSTER: kind })).kind).toBe(kind);
});

it("names what CLUSTER can be", async () => {
  await expect(chooseProvider("local", silent, { CLUSTER: "minikube" })).rejects.toThrow("current, kind and embedded");
});

it("says where it looked for the kubeconfig of CLUSTER=current", async () => {
  const home = mkdtempSync(join(tmpdir(), "choose-"));
  const provider = await chooseProvider("local", silent, { CLUSTER: "current", KUBECONFIG: join(home, "none") });
  expect(() => provider.kubeconfig()).toThrow(join(home, "none"));
  rmSync(home, { recursive: true });
});

it("refuses to remove a cluster that it has not made", async () => {
  const provider = await chooseProvider("local", silent, { CLUSTER: "current" });
  await expect(provider.down()).rejects.toThrow("was there before");
});

it("asks kind for one control plane and a zone a node", () => {
  const { nodes } = JSON.parse(renderKindConfig(3)) as { nodes: { role: string; labels: Record<string, string> }[] };
  expect(nodes.map((node) => [node.role, node.labels["topology.kubernetes.io/zone"]])).toEqual([
    ["control-plane", "zone-1"],
    ["worker", "zone-2"],
    ["worker", "zone-3"],
  ]);
});
