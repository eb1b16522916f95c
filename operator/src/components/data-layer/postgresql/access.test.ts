import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { access } from "./access.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "postgresql",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "postgresql",
};

test("Patroni may keep its state and label its pod, and nothing else", () => {
  expect(access(SAMPLE_MODEL)).toStrictEqual([
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "postgresql", namespace: "data-layer", labels: LABELS },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "postgresql", namespace: "data-layer", labels: LABELS },
      rules: [
        { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "get", "list", "patch", "update", "watch"] },
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "update", "watch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "postgresql", namespace: "data-layer", labels: LABELS },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "postgresql" },
      subjects: [{ kind: "ServiceAccount", name: "postgresql", namespace: "data-layer" }],
    },
  ]);
});
