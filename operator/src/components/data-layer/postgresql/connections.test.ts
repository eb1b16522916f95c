import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlatformModel, ServerModel, WorkerModel } from "../../model.ts";
import { arbitraryModel } from "../../testing/arbitrary-model.ts";
import { SAMPLE_BACKUP_MODEL, SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { connectionBudget, LEAST_MAX_CONNECTIONS, maxConnections, overcommitment } from "./connections.ts";

function withServer(server: Partial<ServerModel>, poolSize = 8, model = SAMPLE_MODEL): PlatformModel {
  return {
    ...model,
    server: { ...model.server, ...server },
    settings: { ...model.settings, database: { poolSize } },
  };
}

function withWorker(worker: Partial<WorkerModel>, model: PlatformModel): PlatformModel {
  return { ...model, worker: { ...model.worker, ...worker } };
}

function withMemory(memory: string, model: PlatformModel): PlatformModel {
  const resources = { requests: { cpu: "1", memory }, limits: { cpu: "1", memory } };
  return { ...model, postgresql: { ...model.postgresql, resources } };
}

describe("what everything may open together", () => {
  test("is each pod's connections, those of one more of each in a roll-out, and what else there is", () => {
    expect(connectionBudget(SAMPLE_MODEL)).toEqual({ servers: 4 * 15, workers: 2 * 12, others: 8, total: 92 });
  });

  test("counts the pods that an autoscaler may start, and backups", () => {
    const autoscaling = { minReplicas: 1, maxReplicas: 10, targetCPUUtilizationPercentage: 70 };
    const model = withWorker({ replicas: 2, concurrency: 4 }, withServer({ autoscaling }, 20, SAMPLE_BACKUP_MODEL));
    expect(connectionBudget(model)).toEqual({ servers: 11 * 27, workers: 3 * 6, others: 10, total: 325 });
  });

  test("of ten servers, a worker and nightly backups is what PostgreSQL accepts at least", () => {
    expect(connectionBudget(withServer({ replicas: 10 }, 8, SAMPLE_BACKUP_MODEL)).total).toBe(199);
  });
});

describe("PostgreSQL is made to accept", () => {
  test("200 connections, however few are asked for", () => {
    expect(maxConnections(SAMPLE_MODEL)).toBe(200);
    expect(maxConnections(withMemory("64Gi", SAMPLE_MODEL))).toBe(200);
  });

  test("as many as are asked for", () => {
    const model = withMemory("8Gi", withServer({ replicas: 20 }));
    expect([connectionBudget(model).total, maxConnections(model)]).toEqual([347, 347]);
  });

  test("no more than its memory bears, with 10 MiB for each", () => {
    expect(maxConnections(withMemory("4Gi", withServer({ replicas: 20 })))).toBe(307);
    expect(maxConnections(withMemory("2Gi", withServer({ replicas: 20 })))).toBe(200);
  });
});

describe("where more may be opened than PostgreSQL accepts", () => {
  test("nothing is said while all of it fits", () => {
    expect(overcommitment(withServer({ replicas: 10 }), LEAST_MAX_CONNECTIONS)).toBeUndefined();
    expect(overcommitment(SAMPLE_MODEL, 92)).toBeUndefined();
  });

  test("the numbers are told, and the largest pools that fit", () => {
    expect(overcommitment(withServer({ replicas: 12 }), 200)).toBe(
      "All pods together may open 227 connections to PostgreSQL, which accepts 200: " +
        "195 of 12 server pods and one more during a roll-out, 24 of the worker's, 8 for all else. " +
        "Requests that find none free are answered with 503. Set spec.server.database.poolSize to 5 or below, " +
        "or have PostgreSQL accept more: see docs/postgresql.md, Connections.",
    );
  });

  test("or how many pods, where no smaller pool helps", () => {
    expect(overcommitment(withServer({ replicas: 20 }), 200)).toContain(
      "Run at most 15 server pods with spec.server.database.poolSize at 3, or have",
    );
    expect(overcommitment(withWorker({ replicas: 30 }, SAMPLE_MODEL), 200)).toContain(
      "Lower spec.worker.replicas and spec.worker.database.poolSize, or have",
    );
  });
});

describe("what a cure says", () => {
  const anything = fc.tuple(arbitraryModel, fc.integer({ min: 200, max: 2_000 }));
  const parsed = (message: string) => {
    const [, size] = /Set spec\.server\.database\.poolSize to (\d+) or below/.exec(message) ?? [];
    const [, pods, least] =
      /at most (\d+) server pods with spec\.server\.database\.poolSize at (\d+)/.exec(message) ?? [];
    return { poolSize: size ?? least, pods };
  };

  test("fits", () => {
    fc.assert(
      fc.property(anything, ([model, accepted]) => {
        const { poolSize, pods } = parsed(overcommitment(model, accepted) ?? "");
        fc.pre(poolSize !== undefined);
        const server = pods === undefined ? {} : { autoscaling: undefined, replicas: Number(pods) };
        expect(overcommitment(withServer(server, Number(poolSize), model), accepted)).toBeUndefined();
      }),
    );
  });

  test("is there wherever it does not fit, and nowhere else", () => {
    fc.assert(
      fc.property(anything, ([model, accepted]) => {
        const message = overcommitment(model, accepted);
        expect(message === undefined).toBe(connectionBudget(model).total <= accepted);
        const { poolSize } = parsed(message ?? "");
        expect((message ?? "").includes("Lower spec.worker")).toBe(message !== undefined && poolSize === undefined);
      }),
    );
  });
});
