import { DatabaseError } from "pg";
import { describe, expect, test } from "vitest";
import { TimeoutError } from "../retry.ts";
import { breaksConnection } from "./postgres.ts";

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError("message", 7, "error"), { code });
}

describe("breaksConnection", () => {
  test.each(["08006", "57P01", "57P02", "57P03", "25006"])("%s: the connection is of no more use", (code) => {
    expect(breaksConnection(databaseError(code))).toBe(true);
  });

  test.each(["23505", "22P02", "40001", "57014", "42P01"])("%s: only the statement failed", (code) => {
    expect(breaksConnection(databaseError(code))).toBe(false);
  });

  test("so is a connection whose socket failed or whose answer did not come", () => {
    expect(breaksConnection(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }))).toBe(true);
    expect(breaksConnection(new Error("Connection terminated unexpectedly"))).toBe(true);
    expect(breaksConnection(new Error("Query read timeout"))).toBe(true);
    expect(breaksConnection(new TimeoutError("asking took longer than 5 ms"))).toBe(true);
  });

  test("an error of the caller's own leaves it alone", () => {
    expect(breaksConnection(new Error("the profile is at version 2"))).toBe(false);
    expect(breaksConnection("text")).toBe(false);
  });
});
