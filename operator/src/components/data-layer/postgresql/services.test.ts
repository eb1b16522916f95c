import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { services } from "./services.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "postgresql",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "postgresql",
};

const SELECTOR = { "app.kubernetes.io/name": "postgresql", "app.kubernetes.io/instance": "demo" };

test("the primary is published by Patroni, replicas are found by their role", () => {
  expect(services(SAMPLE_MODEL)).toStrictEqual([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgresql", namespace: "data-layer", labels: LABELS },
      spec: {
        type: "ClusterIP",
        ports: [{ name: "postgresql", port: 5432, targetPort: "postgresql", protocol: "TCP" }],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgresql-config", namespace: "data-layer", labels: LABELS },
      spec: { type: "ClusterIP", clusterIP: "None" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgresql-sync", namespace: "data-layer", labels: LABELS },
      spec: { type: "ClusterIP", clusterIP: "None" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgresql-ro", namespace: "data-layer", labels: LABELS },
      spec: {
        type: "ClusterIP",
        selector: {
          "app.kubernetes.io/name": "postgresql",
          "app.kubernetes.io/instance": "demo",
          "profileplatform.io/postgresql-role": "primary",
        },
        ports: [{ name: "postgresql", port: 5432, targetPort: "postgresql", protocol: "TCP" }],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "postgresql-members", namespace: "data-layer", labels: LABELS },
      spec: {
        type: "ClusterIP",
        selector: SELECTOR,
        ports: [
          { name: "postgresql", port: 5432, targetPort: "postgresql", protocol: "TCP" },
          { name: "patroni", port: 8008, targetPort: "patroni", protocol: "TCP" },
        ],
        clusterIP: "None",
        publishNotReadyAddresses: true,
      },
    },
  ]);
});

test("with replicas, the read-only Service leads to them", () => {
  const model = { ...SAMPLE_MODEL, postgresql: { ...SAMPLE_MODEL.postgresql, instances: 3 } };
  expect(services(model).find(({ metadata }) => metadata.name === "postgresql-ro")).toHaveProperty("spec.selector", {
    ...SELECTOR,
    "profileplatform.io/postgresql-role": "replica",
  });
});
