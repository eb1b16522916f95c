import { describe, expect, test } from "vitest";
import { loadConfig } from "../kit/config.ts";
import { shardRules, shardVariables } from "./config.ts";

const load = (DB_SHARDS: string | undefined) => loadConfig(shardVariables, { DB_SHARDS }).DB_SHARDS;

describe("DB_SHARDS", () => {
  test("names databases in their order", () => {
    expect(load("a.example:5432, b.example:5433/profiles_2,[::1]:5434")).toEqual([
      { host: "a.example", port: 5_432 },
      { host: "b.example", port: 5_433, database: "profiles_2" },
      { host: "::1", port: 5_434 },
    ]);
  });

  test("is absent without a value", () => {
    expect([load(undefined), load("")]).toEqual([undefined, undefined]);
  });

  test.each(["host", "host:0", "host:70000", "host:5432,", "host:5432/", ":5432", "postgres://user:password@host"])(
    "%s is refused, and not repeated",
    (text) => {
      expect(() => load(text)).toThrow(
        "DB_SHARDS: expected databases with commas between them, each as host:port or host:port/database",
      );
    },
  );

  test("and a replica exclude each other", () => {
    expect(shardRules({ DB_SHARDS: "a:1", DB_READ_HOST: "b" })).toEqual({
      DB_READ_HOST: "no value while DB_SHARDS has one",
    });
    expect([shardRules({ DB_SHARDS: "a:1" }), shardRules({ DB_READ_HOST: "b" }), shardRules({})]).toEqual([{}, {}, {}]);
  });
});
