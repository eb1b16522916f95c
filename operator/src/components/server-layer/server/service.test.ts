import type { Exposure } from "@profile-platform/crds";
import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { serverService } from "./service.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "server-layer",
  "app.kubernetes.io/name": "server",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "server",
};

const SELECTOR = { "app.kubernetes.io/name": "server", "app.kubernetes.io/instance": "demo" };

test("inside the cluster alone", () => {
  expect(serverService(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "server", namespace: "server-layer", labels: LABELS },
    spec: {
      type: "ClusterIP",
      selector: SELECTOR,
      ports: [{ name: "http", port: 8080, targetPort: "http", protocol: "TCP" }],
    },
  });
});

const exposed = (exposure: Exposure) =>
  serverService({ ...SAMPLE_MODEL, server: { ...SAMPLE_MODEL.server, exposure } })["spec"];
const PORT = { name: "http", port: 8080, targetPort: "http", protocol: "TCP" };

test("on a port of every node, chosen by the platform or by the cluster", () => {
  expect(exposed({ type: "NodePort", nodePort: 30080 })).toStrictEqual({
    type: "NodePort",
    selector: SELECTOR,
    ports: [{ ...PORT, nodePort: 30080 }],
  });
  expect(exposed({ type: "NodePort" })).toStrictEqual({ type: "NodePort", selector: SELECTOR, ports: [PORT] });
});

test("at an address of the cloud", () => {
  expect(exposed({ type: "LoadBalancer" })).toStrictEqual({ type: "LoadBalancer", selector: SELECTOR, ports: [PORT] });
});
