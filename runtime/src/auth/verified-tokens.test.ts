import { beforeEach, describe, expect, test } from "vitest";
import type { Identity } from "./identity.ts";
import { rememberVerified } from "./verified-tokens.ts";
import type { Verifier } from "./verify.ts";

let time: number;
let generation: number;
let checked: string[];
let check: (token: string) => Promise<Identity>;
let verify: Verifier;

beforeEach(() => {
  time = 1_000;
  generation = 0;
  checked = [];
  check = async (token) => ({ subject: token, expiresAt: 2_000, claimed: [] });
  verify = rememberVerified({
    verify: async (token) => {
      checked.push(token);
      return check(token);
    },
    generation: () => generation,
    largest: 2,
    now: () => time,
  });
});

describe("a token that was verified", () => {
  test("is not checked again, and is whose it was", async () => {
    expect([(await verify("a")).subject, (await verify("a")).subject, (await verify("b")).subject]).toEqual([
      "a",
      "a",
      "b",
    ]);
    expect(checked).toEqual(["a", "b"]);
  });

  test("is checked again from the moment it expires", async () => {
    await verify("a");
    time = 1_999;
    await verify("a");
    expect(checked).toEqual(["a"]);
    time = 2_000;
    check = () => Promise.reject(new Error("expired"));
    await expect(verify("a")).rejects.toThrow("expired");
  });

  test("is checked again when the clock was set back, for it may not be valid yet", async () => {
    await verify("a");
    time = 999;
    await verify("a");
    expect(checked).toEqual(["a", "a"]);
  });

  test("is checked again with other keys", async () => {
    await verify("a");
    generation = 1;
    check = () => Promise.reject(new Error("unknown key"));
    await expect(verify("a")).rejects.toThrow("unknown key");
    await expect(verify("a")).rejects.toThrow("unknown key");
  });

  test("is not remembered if the keys became others while it was checked", async () => {
    check = async (token) => {
      generation = 1;
      return { subject: token, expiresAt: 2_000, claimed: [] };
    };
    await verify("a");
    await verify("a");
    expect(checked).toEqual(["a", "a"]);
    await verify("a");
    expect(checked).toEqual(["a", "a"]);
  });

  test("is forgotten for the sake of later ones", async () => {
    for (const token of ["a", "b", "c", "a"]) await verify(token);
    expect(checked).toEqual(["a", "b", "c", "a"]);
  });
});

test("a refusal is not remembered", async () => {
  check = () => Promise.reject(new Error("refused"));
  for (let count = 0; count < 2; count += 1) await expect(verify("a")).rejects.toThrow("refused");
  expect(checked).toEqual(["a", "a"]);
});
