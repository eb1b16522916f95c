import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { maxConnections } from "../../components/data-layer/postgresql/connections.ts";
import { modelOfSpec } from "../testing.ts";
import { connectionsOf } from "./connections.ts";

test("nothing is known before there is a database", () => {
  expect(connectionsOf(modelOfSpec(), undefined)).toBeUndefined();
});

test("both numbers are told, and no condition where all of it fits", () => {
  expect(connectionsOf(modelOfSpec(), 200)).toEqual({
    overcommitted: undefined,
    status: { maxConnections: 200, peakConnections: 92 },
  });
});

test("a condition where it does not", () => {
  expect(connectionsOf(modelOfSpec({ server: { replicas: 11 } }), 200)).toMatchObject({
    overcommitted: { status: "True", reason: "ConnectionsOvercommitted" },
    status: { maxConnections: 200, peakConnections: 212 },
  });
});

const SAMPLES = new URL("../../../../samples/", import.meta.url);

test.each(readdirSync(SAMPLES).filter((name) => name.endsWith(".yaml")))("%s adds up", (name) => {
  const { spec } = parse(readFileSync(new URL(name, SAMPLES), "utf8")) as { readonly spec?: Record<string, unknown> };
  const model = modelOfSpec(spec);
  expect(connectionsOf(model, maxConnections(model))?.overcommitted).toBeUndefined();
});
