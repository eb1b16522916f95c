import { expect, test } from "vitest";
import { ReadHistory } from "./recording.ts";
import { parseHead, type SeenRequest } from "./seen-request.ts";

function request(method: string, url: string): SeenRequest {
  return { ...parseHead({ method, url, userAgent: "test" }), id: 1, body: "", write: undefined, at: 0 };
}

test("asks again what was read, in one piece and with the same credentials, and answers from it later", async () => {
  const history = new ReadHistory();
  const headers = { authorization: "Bearer abc" };
  history.add(request("GET", "/api/v1/pods?limit=500&labelSelector=a%3Db"), headers);
  history.add(request("GET", "/api/v1/pods?limit=500&labelSelector=a%3Db&continue=xyz"), headers);
  history.add(request("GET", "/api/v1/namespaces/gone"), headers);
  history.add(request("GET", "/api/v1/secrets"), headers);
  history.add(request("GET", "/api/v1/pods?watch=true"), headers);
  history.add(request("PATCH", "/api/v1/namespaces/a/pods/b"), headers);
  const asked: unknown[] = [];
  const recording = await history.record(async (read) => {
    asked.push(read);
    const status = read.url.endsWith("secrets") ? 403 : read.url.endsWith("gone") ? 404 : 200;
    return { status, contentType: "application/json", body: Buffer.from(read.url) };
  });
  expect(asked).toEqual([
    { url: "/api/v1/pods?labelSelector=a%3Db", headers },
    { url: "/api/v1/namespaces/gone", headers },
    { url: "/api/v1/secrets", headers },
  ]);
  expect(recording.size).toBe(2);
  const find = (method: string, url: string) => recording.find(request(method, url))?.body.toString();
  expect(find("GET", "/api/v1/pods?labelSelector=a%3Db&limit=100")).toBe("/api/v1/pods?labelSelector=a%3Db");
  expect(find("GET", "/api/v1/namespaces/gone")).toBe("/api/v1/namespaces/gone");
  expect(find("GET", "/api/v1/pods?labelSelector=a%3Dc")).toBeUndefined();
  expect(find("GET", "/api/v1/secrets")).toBeUndefined();
  expect(find("GET", "/api/v1/pods?labelSelector=a%3Db&watch=true")).toBeUndefined();
  expect(find("DELETE", "/api/v1/namespaces/gone")).toBeUndefined();
});
