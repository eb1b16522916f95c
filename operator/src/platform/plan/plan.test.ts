import { describe, expect, test } from "vitest";
import { signingKeySecretName } from "../../components/server-layer/auth/signing-key.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { modelOfSpec, SIGNING_KEY } from "../testing.ts";
import { access, plan } from "./plan.ts";

const OWNER = {
  apiVersion: "profileplatform.io/v1alpha1",
  kind: "ProfilePlatform",
  name: "demo",
  uid: "uid-of-demo",
  controller: true,
  blockOwnerDeletion: true,
};

const objectsOf = (spec?: Readonly<Record<string, unknown>>) =>
  plan(modelOfSpec(spec)).flatMap(({ objects }) => objects);
const unowned = (objects: readonly KubernetesObject[]) =>
  objects.filter(({ metadata }) => metadata.ownerReferences === undefined).map(objectId);

test("layers come before components, in their order", () => {
  expect(plan(modelOfSpec()).map(({ layer, component }) => `${layer} ${component?.name ?? "foundation"}`)).toEqual([
    "data-layer foundation",
    "server-layer foundation",
    "data-layer postgresql",
    "data-layer redis",
    "data-layer rabbitmq",
    "server-layer migrations",
    "server-layer server",
    "server-layer worker",
  ]);
});

test("each object stands in the plan once", () => {
  const ids = objectsOf().map(objectId);
  expect(ids).toEqual([...new Set(ids)]);
});

test("a namespace and the operator's rights in it come before anything inside", () => {
  const objects = objectsOf();
  const firstOf = new Map(objects.toReversed().map((object) => [object.metadata.namespace ?? "", object]));
  for (const { metadata } of objects.filter(({ kind }) => kind === "Namespace")) {
    const first = firstOf.get(metadata.name);
    expect(first?.metadata.name).toBe("profile-platform-operator-namespace");
    expect(objects.findIndex((object) => object === first)).toBe(
      objects.findIndex((object) => object.metadata === metadata) + 1,
    );
  }
  expect(access(modelOfSpec()).map(objectId)).toEqual([
    "Namespace data-layer",
    "RoleBinding data-layer/profile-platform-operator-namespace",
    "Namespace server-layer",
    "RoleBinding server-layer/profile-platform-operator-namespace",
  ]);
});

test("what access holds is exactly what the plan holds of it", () => {
  const planned = new Map(objectsOf().map((object) => [objectId(object), object]));
  for (const object of access(modelOfSpec())) expect(planned.get(objectId(object))).toEqual(object);
});

test("a generated Secret comes before its copies", () => {
  expect(
    objectsOf()
      .filter(({ kind }) => kind === "Secret")
      .map(objectId),
  ).toEqual([
    "Secret data-layer/postgresql-credentials",
    "Secret data-layer/redis-credentials",
    "Secret data-layer/rabbitmq-credentials",
    "Secret server-layer/postgresql-credentials",
    "Secret server-layer/redis-credentials",
    "Secret server-layer/rabbitmq-credentials",
    `Secret server-layer/${signingKeySecretName(SIGNING_KEY.publicJWK.kid)}`,
  ]);
});

test("with an OIDC issuer there is nothing of the embedded one", () => {
  const ids = objectsOf({ auth: { oidc: { issuerURL: "https://id.example.com" } } }).map(objectId);
  expect(ids.filter((id) => /jwks|signing-key|token-issuer/.test(id))).toEqual([]);
});

describe("owner references", () => {
  test("with Retain, everything has one but credentials and the namespace that holds volumes", () => {
    const objects = objectsOf({ deletionPolicy: "Retain" });
    expect(unowned(objects)).toEqual([
      "Namespace data-layer",
      "Secret data-layer/postgresql-credentials",
      "Secret data-layer/redis-credentials",
      "Secret data-layer/rabbitmq-credentials",
    ]);
    expect(objects.find(({ kind }) => kind === "StatefulSet")?.metadata.ownerReferences).toEqual([OWNER]);
  });

  test("with Delete, everything has one", () => {
    expect(unowned(objectsOf({ deletionPolicy: "Delete" }))).toEqual([]);
  });
});

test("the hash of a workload follows its spec and nothing else", () => {
  const hash = (spec: Readonly<Record<string, unknown>>, kind: string) =>
    objectsOf(spec).find((object) => object.kind === kind)?.metadata.annotations?.["profileplatform.io/spec-hash"];
  expect(hash({}, "StatefulSet")).toMatch(/^[0-9a-f]{10}$/);
  expect(hash({ deletionPolicy: "Delete" }, "StatefulSet")).toBe(hash({}, "StatefulSet"));
  expect(hash({ server: { replicas: 5 } }, "StatefulSet")).toBe(hash({}, "StatefulSet"));
  expect(hash({ server: { replicas: 5 } }, "Deployment")).not.toBe(hash({}, "Deployment"));
});
