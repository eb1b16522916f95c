import { describe, expect, test } from "vitest";
import { poolSizes, serverConnections, taskConnections, workerConnections } from "./connections.ts";

describe("a server opens", () => {
  test("15 connections on the primary and 9 on a replica unless it is told otherwise", () => {
    expect(serverConnections(poolSizes.server.usual)).toEqual({ primary: 15, replica: 9 });
  });

  test("as many for requests as it is told to", () => {
    expect(serverConnections(20)).toEqual({ primary: 27, replica: 21 });
  });

  test("those of its probes at least", () => {
    expect(serverConnections(1)).toEqual({ primary: 10, replica: 4 });
  });
});

describe("a worker opens", () => {
  test("12 connections unless it is told otherwise", () => {
    expect(workerConnections(poolSizes.worker.usual, 10)).toBe(12);
  });

  test("no more for tasks than it has tasks at once, nor than it is told to", () => {
    expect([taskConnections(10, 4), taskConnections(10, 1_000)]).toEqual([4, 10]);
    expect([workerConnections(10, 4), workerConnections(10, 1_000), workerConnections(1, 1)]).toEqual([6, 12, 5]);
  });
});
