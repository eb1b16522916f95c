import { expect, test } from "vitest";
import { child, IDENTITY } from "../testing.ts";
import { belongsTo, platformOf } from "./identity.ts";

const NONE = undefined;
const unlabelled = { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b", uid: "c" } };

test("an object is the platform's whose labels it carries", () => {
  expect(belongsTo(child("Secret", "a"), IDENTITY, NONE)).toBe(true);
  expect(belongsTo(child("Secret", "a"), { name: "other", uid: "x" }, NONE)).toBe(false);
});

test("the platform's label alone proves nothing, if somebody else manages the object", () => {
  const helm = child("Secret", "a", { labels: { "app.kubernetes.io/managed-by": "Helm" } });
  expect(platformOf(helm)).toBeUndefined();
  expect(belongsTo(helm, IDENTITY, NONE)).toBe(false);
});

test("without labels it is known by its owner, or by having been applied", () => {
  const owner = { apiVersion: "v1", kind: "ProfilePlatform", name: "demo", uid: IDENTITY.uid };
  const owned = { ...unlabelled, metadata: { ...unlabelled.metadata, ownerReferences: [owner] } };
  expect(belongsTo(unlabelled, IDENTITY, NONE)).toBe(false);
  expect(belongsTo(owned, IDENTITY, NONE)).toBe(true);
  expect(belongsTo(owned, { ...IDENTITY, uid: "of a former platform" }, NONE)).toBe(false);
  expect(belongsTo(unlabelled, IDENTITY, "c")).toBe(true);
  expect(belongsTo(unlabelled, IDENTITY, "of another")).toBe(false);
});
