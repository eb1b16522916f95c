import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../cluster/embedded/command.ts";
import { ensureHelm } from "./helm.ts";
import { CHART, renderChart } from "./render.ts";

const helmReady = ensureHelm();
let objects: readonly KubernetesObject[];

beforeAll(async () => {
  objects = await renderChart(await helmReady);
});

function find(kind: string, name: string, among = objects): KubernetesObject {
  const found = among.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`the chart makes no ${kind} ${name}`);
  return found;
}

async function renderWith(values: unknown): Promise<readonly KubernetesObject[]> {
  return renderChart(await helmReady, values);
}

test("the chart passes helm lint --strict", async () => {
  await expect(run(await helmReady, ["lint", "--strict", CHART])).resolves.toContain("0 chart(s) failed");
});

test("the chart makes exactly these objects by default", () => {
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`).sort()).toEqual([
    "ClusterRole /profile-platform-operator",
    "ClusterRole /profile-platform-operator-namespace",
    "ClusterRoleBinding /profile-platform-operator",
    "ConfigMap platform-system/profile-platform-operator-images",
    "Deployment platform-system/profile-platform-operator",
    "NetworkPolicy platform-system/profile-platform-operator",
    "Role default/profile-platform-operator-events",
    "Role platform-system/profile-platform-operator-lease",
    "RoleBinding default/profile-platform-operator-events",
    "RoleBinding platform-system/profile-platform-operator-lease",
    "Service platform-system/profile-platform-operator-metrics",
    "ServiceAccount platform-system/profile-platform-operator",
  ]);
});

test("no object looks like one of a platform, which the operator would prune", () => {
  const managers = objects.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"]);
  expect(new Set(managers)).toEqual(new Set(["Helm"]));
});

describe("the operator's pod", () => {
  interface PodSpec {
    readonly securityContext: unknown;
    readonly containers: readonly { readonly image: string; readonly securityContext: unknown }[];
  }
  const podOf = (among: readonly KubernetesObject[]) =>
    (find("Deployment", "profile-platform-operator", among)["spec"] as { template: { spec: PodSpec } }).template.spec;

  test("meets the restricted Pod Security Standard with a read-only root file system", () => {
    const pod = podOf(objects);
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.containers.map(({ securityContext }) => securityContext)).toEqual([
      { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    ]);
  });

  test("runs the image and tag that the values name", async () => {
    const pod = podOf(await renderWith({ image: { repository: "registry.example:5000/operator", tag: "abc" } }));
    expect(pod.containers.map(({ image }) => image)).toEqual(["registry.example:5000/operator:abc"]);
  });
});

test("the catalogue holds the images of the values, and a change of it restarts the operator", async () => {
  const images = { runtime: "registry.example:5000/runtime:1", redis: "redis:8" };
  const changed = await renderWith({ images });
  const { data } = find("ConfigMap", "profile-platform-operator-images", changed) as unknown as {
    data: Record<string, string>;
  };
  expect(JSON.parse(data["images.json"] ?? "")).toEqual(images);
  const templateOf = (among: readonly KubernetesObject[]) =>
    (find("Deployment", "profile-platform-operator", among)["spec"] as { template: { metadata: unknown } }).template;
  expect(templateOf(changed).metadata).not.toEqual(templateOf(objects).metadata);
});

test("a disruption budget stands beside several replicas", async () => {
  const several = await renderWith({ replicas: 2 });
  expect(find("PodDisruptionBudget", "profile-platform-operator", several)["spec"]).toMatchObject({ minAvailable: 1 });
});

test("a ServiceMonitor is made when asked for", async () => {
  const monitored = await renderWith({ metrics: { serviceMonitor: { enabled: true, labels: { release: "main" } } } });
  const monitor = find("ServiceMonitor", "profile-platform-operator", monitored);
  expect(monitor.metadata.labels).toMatchObject({ release: "main" });
});

test.each([
  ["an unknown value", { replica: 2 }, "additional properties 'replica' not allowed"],
  ["an unknown image", { images: { postgres: "p:1" } }, "additional properties 'postgres' not allowed"],
  ["an image without a tag", { images: { redis: "redis" } }, "/images/redis"],
  ["no replicas", { replicas: 0 }, "/replicas"],
  ["an unknown log level", { logLevel: "verbose" }, "/logLevel"],
  ["an amount without sense", { resources: { limits: { cpu: "much" } } }, "/resources/limits/cpu"],
  ["resources without limits", { resources: { limits: null } }, "/resources"],
])("%s is refused with its path", async (_, values, path) => {
  await expect(renderWith(values)).rejects.toThrow(path);
});
