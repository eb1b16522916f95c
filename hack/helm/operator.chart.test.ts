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
    readonly containers: readonly {
      readonly image: string;
      readonly args: readonly string[];
      readonly securityContext: unknown;
    }[];
  }
  const podOf = (among: readonly KubernetesObject[]) =>
    (find("Deployment", "profile-platform-operator", among)["spec"] as { template: { spec: PodSpec } }).template.spec;

  test.each([
    ["256Mi", 160],
    ["1Gi", 928],
    ["512M", 392],
    [536_870_912, 416],
    ["100Mi", 64],
  ])("has a heap that fits its limit of memory: %s", async (memory, mebibytes) => {
    const amounts = { cpu: "100m", memory };
    const pod = podOf(await renderWith({ resources: { requests: amounts, limits: amounts } }));
    expect(pod.containers[0]?.args).toContain(`--max-old-space-size=${mebibytes}`);
  });

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

describe("what a Prometheus finds the metrics by", () => {
  interface Pod {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    readonly spec: { readonly containers: readonly { readonly ports: readonly unknown[] }[] };
  }
  const podOf = (among: readonly KubernetesObject[]) =>
    (find("Deployment", "profile-platform-operator", among)["spec"] as { template: Pod }).template;

  test("are annotations that name the port of the container", () => {
    const { metadata, spec } = podOf(objects);
    expect(metadata.annotations).toMatchObject({
      "prometheus.io/scrape": "true",
      "prometheus.io/port": "8080",
      "prometheus.io/path": "/metrics",
    });
    expect(spec.containers[0]?.ports).toEqual([{ name: "http", containerPort: 8080 }]);
  });

  test("are no annotations where none are wanted", async () => {
    const { metadata } = podOf(await renderWith({ metrics: { annotations: false } }));
    expect(Object.keys(metadata.annotations)).toEqual(["profileplatform.io/config-hash"]);
  });

  test("is a ServiceMonitor when asked for, which selects the Service and one of its ports", async () => {
    const monitored = await renderWith({ metrics: { serviceMonitor: { enabled: true, labels: { release: "main" } } } });
    const monitor = find("ServiceMonitor", "profile-platform-operator", monitored);
    expect(monitor.metadata.labels).toMatchObject({ release: "main" });
    const { selector, endpoints } = monitor["spec"] as {
      selector: { matchLabels: Record<string, string> };
      endpoints: { port: string; path: string }[];
    };
    const service = find("Service", "profile-platform-operator-metrics", monitored);
    expect(service.metadata.labels).toMatchObject(selector.matchLabels);
    const { ports } = service["spec"] as { ports: { name: string }[] };
    expect(endpoints).toEqual([{ port: "http", path: "/metrics", interval: "30s" }]);
    expect(ports.map(({ name }) => name)).toEqual(["http"]);
  });

  test("is let in by the network policy: everybody, or those who are named", async () => {
    const ingressOf = (among: readonly KubernetesObject[]) =>
      (find("NetworkPolicy", "profile-platform-operator", among)["spec"] as { ingress: unknown }).ingress;
    const ports = [{ port: "http", protocol: "TCP" }];
    expect(ingressOf(objects)).toEqual([{ ports }]);
    const metricsFrom = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];
    expect(ingressOf(await renderWith({ networkPolicy: { metricsFrom } }))).toEqual([{ ports, from: metricsFrom }]);
  });
});

test("profiles are served when asked for, on a port that neither Service nor network policy names", async () => {
  const environmentOf = (among: readonly KubernetesObject[]) =>
    (
      find("Deployment", "profile-platform-operator", among)["spec"] as {
        template: { spec: { containers: { env: { name: string; value?: string }[] }[] } };
      }
    ).template.spec.containers[0]?.env;
  expect(environmentOf(objects)?.map(({ name }) => name)).not.toContain("PROFILING");
  const profiled = await renderWith({ profiling: { enabled: true } });
  expect(environmentOf(profiled)).toContainEqual({ name: "PROFILING", value: "true" });
  expect(JSON.stringify(profiled)).not.toContain("6060");
});

test.each([
  ["an unknown value", { replica: 2 }, "additional properties 'replica' not allowed"],
  ["an unknown image", { images: { postgres: "p:1" } }, "additional properties 'postgres' not allowed"],
  ["an image without a tag", { images: { redis: "redis" } }, "/images/redis"],
  ["no replicas", { replicas: 0 }, "/replicas"],
  ["an unknown log level", { logLevel: "verbose" }, "/logLevel"],
  ["an amount without sense", { resources: { limits: { cpu: "much" } } }, "/resources/limits/cpu"],
  ["profiling that is no switch", { profiling: { enabled: "yes" } }, "/profiling/enabled"],
  ["resources without limits", { resources: { limits: null } }, "/resources"],
])("%s is refused with its path", async (_, values, path) => {
  await expect(renderWith(values)).rejects.toThrow(path);
});
