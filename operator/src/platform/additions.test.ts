import { expect, test } from "vitest";
import { isOwnField, replaceParts } from "./additions.ts";
import { child } from "./testing.ts";

const configMap = (data: Readonly<Record<string, string>>) => ({ ...child("ConfigMap", "a"), data });

test("parts that are the operator's alone are replaced whole", () => {
  expect(replaceParts(configMap({ a: "1" }), configMap({ a: "1", b: "2" }))).toEqual([
    { op: "replace", path: "/data", value: { a: "1" } },
  ]);
});

test("a part that is not wanted at all is removed", () => {
  const service = { ...child("Service", "a"), spec: { ports: [{ port: 1 }] } };
  const live = { ...service, spec: { ports: [{ port: 1 }, { port: 2 }], selector: { app: "theirs" } } };
  expect(replaceParts(service, live)).toEqual([
    { op: "replace", path: "/spec/ports", value: [{ port: 1 }] },
    { op: "remove", path: "/spec/selector" },
  ]);
  expect(replaceParts(service, service)).toEqual([{ op: "replace", path: "/spec/ports", value: [{ port: 1 }] }]);
});

test("of a pod template only the pods are the operator's: kubectl rollout restart may annotate it", () => {
  const deployment = { ...child("Deployment", "a"), spec: { template: { metadata: {}, spec: { containers: [] } } } };
  expect(replaceParts(deployment, deployment).map(({ path }) => path)).toEqual(["/spec/template/spec"]);
});

test("other kinds may have fields of others", () => {
  expect(replaceParts(child("ServiceAccount", "a"), child("ServiceAccount", "a"))).toEqual([]);
});

test("labels and annotations of others are not the operator's", () => {
  const wanted = { ...child("Service", "a"), metadata: { ...child("Service", "a").metadata, labels: { "a/b": "c" } } };
  expect(isOwnField(wanted, 'metadata.labels["a/b"]')).toBe(true);
  expect(isOwnField(wanted, 'metadata.annotations["deployment.kubernetes.io/revision"]')).toBe(false);
  expect(isOwnField(wanted, "metadata.annotations.note")).toBe(false);
  expect(isOwnField(wanted, "spec.replicas")).toBe(true);
});
