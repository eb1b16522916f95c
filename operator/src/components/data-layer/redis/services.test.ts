import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { services } from "./services.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "redis",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "redis",
};
const SELECTOR = { "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": "demo" };
const REDIS = { name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" };
const SENTINEL = { name: "sentinel", port: 26379, targetPort: "sentinel", protocol: "TCP" };

const service = (name: string, spec: object) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "data-layer", labels: LABELS },
  spec: { type: "ClusterIP", ...spec },
});
const members = service("redis-members", {
  selector: SELECTOR,
  ports: [REDIS],
  clusterIP: "None",
  publishNotReadyAddresses: true,
});

test("the name of the component leads to the one pod", () => {
  expect(services(SAMPLE_MODEL)).toStrictEqual([service("redis", { selector: SELECTOR, ports: [REDIS] }), members]);
});

test("of three, it leads to the Sentinels, and each pod has an address that stays", () => {
  const member = (name: string) =>
    service(name, {
      selector: { ...SELECTOR, "statefulset.kubernetes.io/pod-name": name },
      ports: [REDIS, SENTINEL],
      publishNotReadyAddresses: true,
    });
  expect(services({ ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } })).toStrictEqual([
    service("redis", { selector: SELECTOR, ports: [SENTINEL] }),
    members,
    member("redis-0"),
    member("redis-1"),
    member("redis-2"),
  ]);
});
