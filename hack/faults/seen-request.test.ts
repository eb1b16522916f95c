import { describe, expect, test } from "vitest";
import {
  firstOfEachPath,
  isContentWrite,
  matches,
  parseHead,
  READS,
  type SeenRequest,
  WATCHES,
  WRITES,
} from "./seen-request.ts";

function request(method: string, url: string): SeenRequest {
  return { ...parseHead({ method, url, userAgent: "test" }), id: 1, body: "", write: undefined, at: 0 };
}

describe("parseHead", () => {
  test("takes path and query apart", () => {
    expect(request("GET", "/api/v1/pods?labelSelector=a%3Db&limit=500")).toMatchObject({
      path: "/api/v1/pods",
      query: { labelSelector: "a=b", limit: "500" },
      watch: false,
    });
  });

  test.each([
    ["GET", "/api/v1/pods?watch=true", true],
    ["GET", "/api/v1/pods?watch=1", true],
    ["GET", "/api/v1/pods?watch=false", false],
    ["POST", "/api/v1/pods?watch=true", false],
  ])("%s %s: watch is %s", (method, url, watch) => expect(request(method, url).watch).toBe(watch));
});

describe("matches", () => {
  const watch = request("GET", "/apis/apps/v1/deployments?watch=true");
  const patch = request("PATCH", "/apis/apps/v1/namespaces/a/deployments/b");

  test("everything, when nothing is said", () => expect(matches({}, watch)).toBe(true));

  test("by kind of request", () => {
    expect([WATCHES, READS, WRITES].map((match) => matches(match, watch))).toEqual([true, false, false]);
    expect([WATCHES, READS, WRITES].map((match) => matches(match, patch))).toEqual([false, false, true]);
  });

  test("by everything that is said at once", () => {
    const match = { ...WRITES, path: /deployments/, where: ({ userAgent }: SeenRequest) => userAgent === "test" };
    expect(matches(match, patch)).toBe(true);
    expect(matches({ ...match, path: /services/ }, patch)).toBe(false);
    expect(matches({ ...match, where: () => false }, patch)).toBe(false);
  });
});

test("firstOfEachPath", () => {
  const where = firstOfEachPath();
  const paths = ["/api/v1/pods", "/api/v1/services", "/api/v1/pods?watch=true", "/api/v1/services"];
  expect(paths.map((path) => where(request("GET", path)))).toEqual([true, true, false, false]);
});

describe("isContentWrite", () => {
  test.each([
    ["PATCH", "/apis/apps/v1/namespaces/a/deployments/b?fieldManager=x", true],
    ["DELETE", "/api/v1/namespaces/a/services/b", true],
    ["PATCH", "/apis/profileplatform.io/v1alpha1/profileplatforms/demo/status", true],
    ["GET", "/api/v1/pods", false],
    ["PATCH", "/api/v1/namespaces/a/configmaps/b?dryRun=All", false],
    ["PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/b", false],
    ["POST", "/apis/events.k8s.io/v1/namespaces/a/events", false],
    ["POST", "/api/v1/namespaces/a/events", false],
  ])("%s %s: %s", (method, url, write) => expect(isContentWrite(request(method, url))).toBe(write));
});
