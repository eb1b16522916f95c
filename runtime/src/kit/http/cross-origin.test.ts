import { Router } from "express";
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { Health } from "../health.ts";
import { createLogger } from "../log.ts";
import { createDependencyGauge } from "../metrics.ts";
import { createApp } from "./app.ts";
import { type Listening, listen } from "./listen.ts";
import { Problem } from "./problem.ts";

const page = "https://app.example.org";
let http: Listening | undefined;
let reached: string[] = [];

/** A service that refuses whatever has no token, and answers the rest. */
async function start(allowedOrigins?: readonly string[]): Promise<void> {
  const registry = new Registry();
  const log = createLogger("server", "silent");
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  const guard = Router();
  guard.use((request, _response, next) => {
    reached.push(request.method);
    if (request.headers.authorization === undefined) throw new Problem("token-required", "There is no token.");
    next();
  });
  const routes = Router();
  routes.get("/api/v1/things", (_request, response) => void response.set("ETag", '"1"').json({ things: [] }));
  http = await listen(createApp({ log, registry, health, guard, routers: [routes], allowedOrigins }), 0);
}

afterEach(async () => {
  http?.destroy();
  await http?.close();
  http = undefined;
  reached = [];
});

const things = "/api/v1/things";

function ask(headers: Readonly<Record<string, string>>, method = "GET", path = things): Promise<Response> {
  return fetch(`http://127.0.0.1:${http?.port}${path}`, { method, headers });
}

const preflight = {
  Origin: page,
  "Access-Control-Request-Method": "PUT",
  "Access-Control-Request-Headers": "authorization",
};
const allowed = (answer: Response): string | null => answer.headers.get("access-control-allow-origin");

describe("a page of another origin", () => {
  test("may ask what it may send, without a token, and is answered before anything else looks at it", async () => {
    await start();
    const answer = await ask(preflight, "OPTIONS");
    expect([answer.status, allowed(answer), await answer.text()]).toEqual([204, "*", ""]);
    expect(answer.headers.get("access-control-allow-methods")?.split(", ")).toContain("PUT");
    const headers = answer.headers.get("access-control-allow-headers")?.split(", ");
    for (const name of ["Authorization", "Content-Type", "If-Match", "Idempotency-Key"])
      expect(headers).toContain(name);
    // With credentials that browsers send by themselves, a page could act for its visitor.
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(reached).toEqual([]);
  });

  test("is shown answers and their headers, and why it was refused", async () => {
    await start();
    const answered = await ask({ Origin: page, Authorization: "Bearer x" });
    const refused = await ask({ Origin: page });
    expect([answered.status, refused.status]).toEqual([200, 401]);
    for (const answer of [answered, refused]) {
      expect(allowed(answer)).toBe("*");
      const shown = answer.headers.get("access-control-expose-headers")?.split(", ");
      for (const name of ["ETag", "Location", "Retry-After", "X-Request-Id"]) expect(shown).toContain(name);
    }
  });

  test("is shown the document, and may open nothing else", async () => {
    await start();
    expect(allowed(await ask({ Origin: page, Authorization: "Bearer x" }, "GET", "/openapi.json"))).toBe("*");
    for (const path of ["/health", "/ready", "/metrics"])
      expect(allowed(await ask({ Origin: page }, "GET", path))).toBeNull();
  });

  test("that is not among those allowed is refused before it sends anything, and told by whom", async () => {
    await start([page, "http://localhost:3000"]);
    for (const origin of [
      "https://app.example.org.evil.example",
      "http://app.example.org",
      "https://app.example.org:8443",
      "null",
    ]) {
      const answer = await ask({ ...preflight, Origin: origin }, "OPTIONS");
      expect([answer.status, allowed(answer)]).toEqual([403, null]);
      expect(await answer.json()).toMatchObject({ type: "urn:profile-platform:problem:origin-not-allowed" });
      expect(allowed(await ask({ Origin: origin, Authorization: "Bearer x" }))).toBeNull();
    }
    for (const origin of [page, "http://localhost:3000"]) {
      const answer = await ask({ ...preflight, Origin: origin }, "OPTIONS");
      expect([answer.status, allowed(answer)]).toEqual([204, origin]);
    }
  });

  test("is told apart by caches when not all are allowed", async () => {
    await start([page]);
    expect((await ask({ Authorization: "Bearer x" })).headers.get("vary")).toBe("Origin");
    expect((await ask({ Origin: page, Authorization: "Bearer x" })).headers.get("vary")).toBe("Origin");
  });
});

test("who is no page is answered as ever", async () => {
  await start();
  const answer = await ask({ Authorization: "Bearer x" });
  expect([answer.status, allowed(answer), answer.headers.get("vary")]).toEqual([200, null, null]);
  // That is no question of a browser: it has no method that it asks for.
  expect((await ask({ Origin: page }, "OPTIONS")).status).toBe(401);
});
