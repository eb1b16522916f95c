import { expect, test } from "vitest";
import { RequestLog } from "./request-log.ts";
import { READS, WRITES } from "./seen-request.ts";

const head = (method: string, url: string) => ({ method, url, userAgent: "test" });

test("numbers requests, and writes of content apart", () => {
  let now = 1000;
  const log = new RequestLog({ now: () => now });
  const list = log.open(head("GET", "/api/v1/pods"), "");
  const first = log.open(head("PATCH", "/api/v1/namespaces/a/configmaps/b"), '{"data":{}}');
  log.open(head("PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/b"), "{}");
  const second = log.open(head("DELETE", "/api/v1/namespaces/a/configmaps/b"), "");
  now = 1040;
  first.answered(201);
  expect([list, first, second].map(({ request }) => [request.id, request.write])).toEqual([
    [1, undefined],
    [2, 1],
    [4, 2],
  ]);
  expect(first.request.body).toBe('{"data":{}}');
  expect(log.writes).toBe(2);
  expect(log.list(WRITES)[0]).toMatchObject({ id: 2, status: 201, tookMs: 40 });
  expect(log.list(WRITES)[0]).not.toHaveProperty("body");
  expect(log.list(READS)[0]).toMatchObject({ id: 1, status: undefined, tookMs: undefined });
});

test("remembers the last ones, and counts them all", () => {
  const log = new RequestLog({ now: () => 0, keep: 10 });
  for (let i = 0; i < 95; i++) log.open(head("PATCH", `/api/v1/namespaces/a/configmaps/${i}`), "");
  const ids = log.list().map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(10);
  expect(ids.length).toBeLessThanOrEqual(20);
  expect(ids.at(-1)).toBe(95);
  expect(log.writes).toBe(95);
  log.clear();
  expect([log.writes, log.list()]).toEqual([0, []]);
});
