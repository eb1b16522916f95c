import { expect, test } from "vitest";
import type { ObjectMeta } from "../../kubernetes.ts";
import { child } from "../testing.ts";
import { refuse } from "./refusal.ts";

const DELETE = "Delete it, or move it to another namespace: the platform needs its name.";
const LEFT = "it is left alone.";
const service = (metadata: Partial<ObjectMeta>) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "server", namespace: "server-layer", ...metadata },
});

test.each<[Partial<ObjectMeta>, string]>([
  [{}, "was not made by this operator"],
  [{ labels: { "app.kubernetes.io/managed-by": "Helm" } }, "is managed by Helm"],
  [
    { labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "shop" } },
    "is managed by Helm (shop)",
  ],
  [
    { ownerReferences: [{ apiVersion: "v1", kind: "Shop", name: "a", uid: "b", controller: true }] },
    "belongs to Shop a",
  ],
])("%j: whose it is, and what to do", (metadata, owner) => {
  expect(refuse(service(metadata))).toEqual({
    object: "Service server-layer/server",
    message: `Service server-layer/server exists and ${owner}; ${LEFT} ${DELETE}`,
  });
});

test("an object of another platform names it", () => {
  expect(refuse(child("Service", "server")).message).toContain("belongs to ProfilePlatform demo;");
});

test("a namespace can be avoided by another prefix", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "data-layer" } };
  expect(refuse(namespace).message).toBe(
    `Namespace data-layer exists and was not made by this operator; ${LEFT} ` +
      "Create the platform with another spec.namespacePrefix, or delete namespace data-layer if nobody needs it.",
  );
});
