import type { Express, Router } from "express";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { guardRoutes } from "../auth/guard.ts";
import { roles } from "../auth/roles.ts";
import { ProfileCache } from "../cache/cache.ts";
import { createCacheMetrics } from "../cache/metrics.ts";
import { noopStore } from "../cache/noop.ts";
import { eventVariables } from "../events/config.ts";
import { openEvents } from "../events/open.ts";
import { EventRecord } from "../events/record.ts";
import { Idempotency } from "../idempotency/idempotency.ts";
import { createIdempotencyMetrics } from "../idempotency/metrics.ts";
import { imageVariables } from "../images/config.ts";
import { openImages } from "../images/open.ts";
import { Breakers } from "../kit/breakers.ts";
import { breakerVariables, loadConfig } from "../kit/config.ts";
import { Health } from "../kit/health.ts";
import { createApp } from "../kit/http/app.ts";
import { problemKinds } from "../kit/http/problem.ts";
import { createLogger } from "../kit/log.ts";
import { createDependencyGauge } from "../kit/metrics.ts";
import { Postgres } from "../kit/stores/postgres.ts";
import { ProfileService } from "../profiles/service.ts";
import { SingleDatabase } from "../shards/databases.ts";
import { TaskControl } from "../tasks/control.ts";
import { TaskSchedule } from "../tasks/schedule.ts";
import { taskTypes } from "../tasks/task.ts";
import { serverDocument, serverOperations } from "./openapi.ts";
import { serverRoutes } from "./routes.ts";

/** The server's own application. Nothing is connected until a request needs it. */
async function serverApp(): Promise<Express> {
  const log = createLogger("server", "silent");
  const registry = new Registry();
  const settings = { host: "127.0.0.1", port: 1, user: "", password: "", database: "", applicationName: "" };
  const db = new Postgres({ ...settings, maximum: 1 }, log);
  const cache = new ProfileCache({
    shared: noopStore,
    local: noopStore,
    trust: {
      believable: () => undefined,
      reachable: () => undefined,
      doubt: () => undefined,
      catchUp: async () => undefined,
      settle: async () => undefined,
    },
    metrics: createCacheMetrics(registry, async () => 0, 10),
    log,
    now: () => 0,
  });
  const schedule = new TaskSchedule(db);
  const databases = new SingleDatabase(db);
  const idempotency = new Idempotency(databases, createIdempotencyMetrics(registry));
  const images = await openImages({
    config: loadConfig(imageVariables, {}),
    db,
    databases,
    clockworkDb: db,
    cache,
    idempotency,
    breakers: new Breakers({ config: loadConfig(breakerVariables, {}), registry, log }),
    registry,
    log,
    now: () => 0,
    random: () => 0,
  });
  const { routes: events } = openEvents({
    config: loadConfig(eventVariables, {}),
    record: new EventRecord(db),
    clockworkDb: db,
    verify: async () => ({ subject: "", expiresAt: 0, claimed: [] }),
    registry,
    log,
    now: () => 0,
    time: () => 0,
    random: () => 0,
  });
  return createApp({
    log,
    registry,
    health: new Health({ dependencies: [], gauge: createDependencyGauge(registry), log }),
    routers: serverRoutes({
      profiles: new ProfileService(databases, cache),
      images: images.routes,
      tasks: {
        schedule,
        control: new TaskControl(db, schedule),
        dispatcher: { expect: () => undefined },
        db,
        now: () => 0,
      },
      events,
      idempotency,
    }),
  });
}

/** `get /api/v1/profiles/{id}` for every method of every route; `_all` stands for the refusal of all others. */
function* routesOf({ stack }: Pick<Router, "stack">): Generator<string> {
  for (const layer of stack) {
    if (layer.route !== undefined) {
      const path = layer.route.path.replaceAll(/:(\w+)/g, "{$1}");
      const methods = new Set(layer.route.stack.map(({ method }) => method));
      for (const method of methods) if (method !== undefined) yield `${method} ${path}`;
    } else if ("stack" in layer.handle) {
      yield* routesOf(layer.handle as unknown as Router);
    }
  }
}

function* nodesOf(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null) return;
  yield value as Readonly<Record<string, unknown>>;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

interface LinkObject {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function resolve(reference: string): unknown {
  const names = reference.replace("#/", "").split("/");
  return names.reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], serverDocument);
}

const operations = Object.entries(serverDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation: operation as {
      readonly operationId: string;
      readonly security: readonly Readonly<Record<string, readonly string[]>>[];
      readonly "x-required-role"?: string;
      readonly "x-required-role-by-task-type"?: Readonly<Record<string, string>>;
      readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
      readonly responses: Readonly<Record<string, unknown>>;
    },
  })),
);

describe("the OpenAPI document", () => {
  test("has every route of the server, and no other", async () => {
    const routes = [...routesOf((await serverApp()).router)].filter((route) => !route.startsWith("_all "));
    const documented = operations.map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(routes.toSorted());
    expect(documented).toContain("delete /api/v1/profiles/{id}");
  });

  test("refers to nothing that is not in it", () => {
    const references = [...nodesOf(serverDocument)].map(({ $ref }) => $ref).filter((ref) => typeof ref === "string");
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  test("has every kind of problem as an answer of its own", () => {
    const schema = resolve("#/components/schemas/Problem") as { properties: { type: { enum: readonly string[] } } };
    const kinds = Object.keys(problemKinds);
    expect(schema.properties.type.enum).toEqual(kinds.map((kind) => `urn:profile-platform:problem:${kind}`));
    expect(Object.keys(resolve("#/components/responses") as object)).toHaveLength(kinds.length);
  });

  test.each(operations)("$method $path has a name, its path's parameters, and answers", ({ path, operation }) => {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    const inPath = operation.parameters?.filter(({ in: place }) => place === "path").map(({ name }) => `{${name}}`);
    expect(inPath ?? []).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(Object.keys(operation.responses)[0]).toMatch(/^(?:2\d\d|101)$/);
  });

  const [guarded, open] = [true, false].map((isGuarded) =>
    operations.filter(({ path }) => (path.startsWith("/api/") || path === "/ws") === isGuarded),
  );

  test.each(guarded ?? [])("$method $path says who may do it", ({ operation }) => {
    const role = operation["x-required-role"];
    expect(roles).toContain(role);
    expect(operation.security).toEqual([{ bearer: [role] }]);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["400", "401", "403", "429", "503"]));
    const types = Object.keys(operation["x-required-role-by-task-type"] ?? {});
    expect([[], taskTypes]).toContainEqual(types);
  });

  test.each(open ?? [])("$method $path needs no token", ({ operation }) => {
    expect([operation.security, operation["x-required-role"]]).toEqual([[], undefined]);
  });

  test("tells of budgets wherever there is one, and nowhere else", () => {
    const unlimited = operations.filter(({ operation }) => !("429" in operation.responses));
    expect(unlimited.map(({ path }) => path)).toEqual(["/health", "/ready"]);
    const refusal = resolve("#/components/responses/RateLimited") as { headers: object };
    expect(Object.keys(refusal.headers)).toEqual(["X-Request-Id", "Retry-After", "RateLimit-Policy", "RateLimit"]);
    const overload = resolve("#/components/responses/Unavailable") as { headers: object };
    expect(Object.keys(overload.headers)).toEqual(["X-Request-Id", "Retry-After"]);
  });

  test("asks for the roles of tasks wherever one is had carried out", () => {
    const asking = operations.filter(({ operation }) => "x-required-role-by-task-type" in operation);
    expect(asking.map(({ operation }) => operation.operationId)).toEqual(["scheduleTask", "replayTask"]);
  });

  test("has all that the guard stands in front of, and no more", () => {
    const guard = guardRoutes(serverOperations, (_request, _response, next) => next());
    const documented = operations.filter(({ operation }) => "x-required-role" in operation);
    const asking = [...routesOf(guard)].filter((route) => !route.startsWith("_all "));
    expect(asking).toEqual(documented.map(({ method, path }) => `${method} ${path}`));
  });

  test("has only patterns that every language reads", () => {
    const patterns = [...nodesOf(serverDocument)].map(({ pattern }) => pattern).filter((it) => typeof it === "string");
    expect(patterns.length).toBeGreaterThan(5);
    expect(patterns.filter((pattern) => /\\[pu]/i.test(pattern))).toEqual([]);
  });

  test("leads from what is answered to operations that there are, with parameters that they have", () => {
    const links = operations.flatMap(({ operation: { responses } }) =>
      Object.values(responses).flatMap((answer) =>
        Object.values((answer as { readonly links?: Readonly<Record<string, LinkObject>> }).links ?? {}),
      ),
    );
    expect(links.length).toBeGreaterThan(8);
    for (const { operationId, parameters } of links) {
      const target = operations.find(({ operation }) => operation.operationId === operationId)?.operation;
      const inPath = target?.parameters?.filter(({ in: place }) => place === "path").map(({ name }) => name);
      expect(inPath).toEqual(expect.arrayContaining(Object.keys(parameters)));
    }
  });

  test("says of a schedule that it is a delay or a time", () => {
    for (const name of ["TaskInput", "TaskSchedule"]) {
      expect(resolve(`#/components/schemas/${name}`)).toMatchObject({ not: { required: ["delaySeconds", "runAt"] } });
    }
  });

  test("counts characters as the server does", () => {
    expect(resolve("#/components/schemas/ProfileInput")).toMatchObject({
      properties: { name: { minLength: 1, maxLength: 200 }, bio: { maxLength: 2_000 } },
    });
    expect(resolve("#/components/schemas/ProfileChanges")).toMatchObject({ minProperties: 1 });
  });

  test("names operations apart", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells the parameters of a listing with their limits", () => {
    const listing = operations.find(({ operation }) => operation.operationId === "listProfiles")?.operation;
    const named = Object.fromEntries(listing?.parameters?.map((parameter) => [parameter.name, parameter]) ?? []);
    expect(named["limit"]).toEqual({
      name: "limit",
      in: "query",
      required: false,
      description: "Profiles on a page, at most.",
      schema: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    });
    expect(named["createdAfter"]).toMatchObject({ schema: { type: "string", format: "date-time" } });
    expect(Object.keys(named)).toContain("X-Request-Id");
  });
});
