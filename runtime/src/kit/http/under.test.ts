import type { ErrorRequestHandler, NextFunction, Request } from "express";
import { afterEach, describe, expect, test } from "vitest";
import { plainApp } from "./app.ts";
import { type Listening, listen } from "./listen.ts";
import { under } from "./under.ts";

let http: Listening | undefined;

afterEach(async () => {
  await http?.close();
  http = undefined;
});

const paths = ["/api/v1", "/openapi.json"];

/** Who sees a request: what is under the paths, and what express has mounted at them. */
async function seenBy(target: string): Promise<string> {
  const app = plainApp();
  const seen: string[] = [];
  const note = (who: string) => (request: Request, _response: unknown, next: NextFunction) => {
    seen.push(`${who} ${request.baseUrl}${request.path}`);
    next();
  };
  app.use(under(paths, note("under")));
  app.use(paths, note("mount"));
  app.use((_request, response) => void response.json(seen));
  http ??= await listen(app, 0, 1, "127.0.0.1");
  const answer = await fetch(`http://127.0.0.1:${http.port}${target}`);
  return ((await answer.json()) as string[]).join(", ");
}

describe("what is under a path", () => {
  test.each([
    "/api/v1/profiles",
    "/api/v1/profiles/",
    "/API/V1/Profiles?limit=1",
    "/api/v1//profiles",
    "/api/v1/%70rofiles",
  ])("is seen as a mount sees it: %s", async (target) => {
    const path = target.replace(/\?.*/, "");
    expect(await seenBy(target)).toBe(`under ${path}, mount ${path}`);
  });

  test.each(["/openapi.json", "/OpenAPI.json", "/openapi.json?a"])("is the path itself: %s", async (target) => {
    const path = target.replace(/\?.*/, "");
    // A mount knows no path that is empty.
    expect(await seenBy(target)).toBe(`under ${path}, mount ${path}/`);
  });

  test.each(["/api/v10/profiles", "/api/v", "/api%2Fv1/profiles", "//api/v1/x", "/openapiXjson", "/x/api/v1/profiles"])(
    "is not what only looks like it: %s",
    async (target) => {
      expect(await seenBy(target)).toBe("");
    },
  );

  test("ends with the error that its handler throws, at once or later", async () => {
    const app = plainApp();
    app.use(
      under(["/api"], async (request) => {
        if (request.path === "/api/later") await Promise.resolve();
        throw new Error(request.path);
      }),
    );
    const told: ErrorRequestHandler = (thrown: Error, _request, response, _next) => void response.json(thrown.message);
    app.use(told);
    http = await listen(app, 0, 1, "127.0.0.1");
    for (const path of ["/api/now", "/api/later"]) {
      const answer = await fetch(`http://127.0.0.1:${http.port}${path}`);
      expect(await answer.json()).toBe(path);
    }
  });
});
