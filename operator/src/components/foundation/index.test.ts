import { describe, expect, test } from "vitest";
import { layerLabels } from "../../labels.ts";
import { COMPONENTS } from "../index.ts";
import { signingKeySecretName } from "../server-layer/auth/signing-key.ts";
import { SAMPLE_KEY, SAMPLE_MODEL } from "../testing/sample-model.ts";
import { foundationObjects } from "./index.ts";

const LABELS = layerLabels("demo", "server-layer");
const meta = (name: string) => ({ name, namespace: "server-layer", labels: LABELS });

const foundation = foundationObjects(SAMPLE_MODEL, "server-layer", COMPONENTS);
const find = (kind: string, name: string) =>
  foundation.find((object) => object.kind === kind && object.metadata.name === name);

test("a layer stands in this order", () => {
  expect(foundation.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toStrictEqual([
    "Namespace server-layer",
    "RoleBinding profile-platform-operator-namespace",
    "LimitRange container-defaults",
    "ResourceQuota layer",
    "NetworkPolicy default-deny",
    "NetworkPolicy allow-dns",
    "NetworkPolicy migrations",
    "NetworkPolicy server",
    "NetworkPolicy worker",
    "ServiceAccount pod-reader",
    "Role pod-reader",
    "RoleBinding pod-reader",
    "Secret postgresql-credentials",
    "Secret redis-credentials",
    "Secret rabbitmq-credentials",
    "ConfigMap server-jwks",
    "Role token-issuer",
    `Secret ${signingKeySecretName(SAMPLE_KEY.publicJWK.kid)}`,
  ]);
});

test("a layer without a component does not exist", () => {
  expect(foundationObjects(SAMPLE_MODEL, "client-layer", COMPONENTS)).toStrictEqual([]);
  const disabled = COMPONENTS.map((component) => ({ ...component, enabled: () => false }));
  expect(foundationObjects(SAMPLE_MODEL, "data-layer", disabled)).toStrictEqual([]);
});

test("the namespace refuses pods that could harm the node", () => {
  expect(find("Namespace", "server-layer")).toStrictEqual({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: "server-layer",
      labels: {
        ...LABELS,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    },
  });
});

describe("the operator's binding", () => {
  test("gives it its rights in this namespace", () => {
    expect(find("RoleBinding", "profile-platform-operator-namespace")).toStrictEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: meta("profile-platform-operator-namespace"),
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "profile-platform-operator-namespace",
      },
      subjects: [{ kind: "ServiceAccount", name: "profile-platform-operator", namespace: "profile-platform-system" }],
    });
  });

  test("is not there without an operator", () => {
    const objects = foundationObjects({ ...SAMPLE_MODEL, operator: undefined }, "server-layer", COMPONENTS);
    expect(objects.filter(({ metadata }) => metadata.name === "profile-platform-operator-namespace")).toStrictEqual([]);
  });
});

test("pod-reader reads pods and their metrics", () => {
  expect(find("ServiceAccount", "pod-reader")).toStrictEqual({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: meta("pod-reader"),
    automountServiceAccountToken: true,
  });
  expect(find("Role", "pod-reader")).toStrictEqual({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: meta("pod-reader"),
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"] },
    ],
  });
  expect(find("RoleBinding", "pod-reader")).toStrictEqual({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: meta("pod-reader"),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "pod-reader" },
    subjects: [{ kind: "ServiceAccount", name: "pod-reader", namespace: "server-layer" }],
  });
});
