import { expect, test } from "vitest";
import type { Change } from "../../engine/cache/store.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { child, platformOfSpec } from "../testing.ts";
import { isChildNews, isPlatformNews } from "./news.ts";

const update = (previous: KubernetesObject, object: KubernetesObject): Change => ({
  type: "updated",
  previous,
  object,
  initial: false,
});
const platform = (extra: object = {}, metadata: object = {}) =>
  ({ ...platformOfSpec({}, metadata), ...extra }) as unknown as KubernetesObject;

test("a new resource version alone is no news", () => {
  expect(
    isChildNews(update(child("Pod", "a", { resourceVersion: "1" }), child("Pod", "a", { resourceVersion: "2" }))),
  ).toBe(false);
});

test("a status, a label, an addition and an end are", () => {
  const pod = child("Pod", "a");
  expect(isChildNews(update(pod, { ...pod, status: { phase: "Running" } }))).toBe(true);
  expect(isChildNews(update(pod, child("Pod", "a", { labels: { b: "c" } })))).toBe(true);
  expect(isChildNews({ type: "added", object: pod, initial: true })).toBe(true);
  expect(isChildNews({ type: "deleted", object: pod, initial: false })).toBe(true);
});

test("a platform's status is news unless it is the one that was written", () => {
  const written = { componentsReady: "1/6" };
  const change = update(
    platform({}, { resourceVersion: "1" }),
    platform({ status: written }, { resourceVersion: "2" }),
  );
  expect(isPlatformNews(change, written)).toBe(false);
  expect(isPlatformNews(change, { componentsReady: "6/6" })).toBe(true);
  expect(isPlatformNews(change, undefined)).toBe(true);
});

test("a platform's spec and its annotations are news whatever the status says", () => {
  const written = { componentsReady: "1/6" };
  const before = platform();
  expect(isPlatformNews(update(before, platform({ status: written }, { generation: 2 })), written)).toBe(true);
  expect(isPlatformNews(update(before, platform({ status: written }, { annotations: { a: "b" } })), written)).toBe(
    true,
  );
});
