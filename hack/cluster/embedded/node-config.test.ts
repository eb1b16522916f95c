import { expect, it } from "vitest";
import { renderCni, renderContainerd, renderKubelet } from "./node-config.ts";
import { clusterPaths } from "./paths.ts";
import { planCluster } from "./plan.ts";

const node = planCluster("test", 1, 2).nodes[1];
if (node === undefined) throw new Error("a plan of two nodes has a second");
const paths = clusterPaths("/c", "test").node("node2");
const kubelet = (cgroupVersion: 1 | 2) =>
  JSON.parse(renderKubelet({ node, paths, pki: "/pki", cgroupVersion, resolvConf: "/r" })) as Record<string, unknown>;

it("lets nobody in without authentication", () => {
  expect(kubelet(2)).toMatchObject({
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: "/pki/ca.crt" },
    },
    authorization: { mode: "Webhook" },
  });
});

it("gives each kubelet a cgroup of its own", () => {
  expect(kubelet(1)).toMatchObject({ cgroupRoot: "/pp-test-node2", cgroupDriver: "cgroupfs", failCgroupV1: false });
  expect(kubelet(2)).not.toHaveProperty("failCgroupV1");
});

it("never collects images, which cannot be pulled again", () => {
  expect(kubelet(2)).toMatchObject({ imageGCHighThresholdPercent: 100 });
});

it("isolates a pod after it has its address", () => {
  const { plugins } = JSON.parse(renderCni(node, paths)) as { plugins: { type: string; socket?: string }[] };
  expect(plugins.map((plugin) => plugin.type)).toEqual(["ptp", "portmap", "isolate"]);
  expect(plugins.at(-1)?.socket).toBe("/c/clusters/test/node2/network-policy.sock");
});

it("hands out addresses of the node's range and masquerades nothing", () => {
  expect(JSON.parse(renderCni(node, paths))).toMatchObject({
    plugins: [{ ipMasq: false, ipam: { ranges: [[{ subnet: "10.244.2.0/24" }]] } }, {}, {}],
  });
});

it("keeps containerd within the node's folder", () => {
  const folders = renderContainerd(paths).match(/"\/[^"]*"/g) ?? [];
  expect(folders.length).toBeGreaterThan(4);
  expect(folders.filter((folder) => !folder.startsWith('"/c/clusters/test/node2/'))).toEqual([]);
});
