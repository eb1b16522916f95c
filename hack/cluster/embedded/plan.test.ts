import { describe, expect, it } from "vitest";
import { planCluster } from "./plan.ts";

describe("planCluster", () => {
  it("gives a node a name, a namespace, an address, a range of pods, a zone and a cgroup", () => {
    expect(planCluster("local", 0, 2).nodes[1]).toEqual({
      name: "node2",
      namespace: "pp-local-node2",
      address: "10.250.0.12",
      podRange: "10.244.2.0/24",
      zone: "zone-2",
      cgroup: "pp-local-node2",
    });
  });

  it("puts the API server on the first node", () => {
    const plan = planCluster("test", 1, 3);
    expect(plan.apiUrl).toBe("https://10.250.1.11:6443");
    expect(plan.nodes[0]?.address).toBe(plan.apiAddress);
  });

  it("keeps clusters in different slots apart", () => {
    const [a, b] = [planCluster("local", 0, 9), planCluster("test", 1, 9)];
    const names = (plan: typeof a) => [
      plan.hostLink,
      plan.fabricNamespace,
      plan.fabricRange,
      plan.systemCgroup,
      ...plan.nodes.flatMap((node) => [node.namespace, node.address, node.cgroup]),
    ];
    expect(names(a).filter((name) => names(b).includes(name))).toEqual([]);
  });

  it("has names that fit a link, whatever the cluster is called", () => {
    expect(planCluster("abcdefghij", 15, 9).hostLink.length).toBeLessThanOrEqual(15);
  });

  it.each(["", "Local", "my-cluster", "1st", "abcdefghijk", "a/b", "a b"])("refuses the name %j", (name) => {
    expect(() => planCluster(name, 0, 1)).toThrow("cannot name a cluster");
  });

  it.each([0, -1, 1.5, 10, Number.NaN])("refuses %d nodes", (count) => {
    expect(() => planCluster("local", 0, count)).toThrow("--nodes");
  });
});
