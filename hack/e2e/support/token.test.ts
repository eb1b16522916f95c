import { expect, test } from "vitest";
import { renewed } from "./token.ts";

function tokenUntil(exp: number, name = ""): string {
  return `header.${Buffer.from(JSON.stringify({ exp, name })).toString("base64url")}.signature`;
}

/** A clock, and an issuer whose tokens live 100 s. */
function setUp() {
  const state = { seconds: 1_000, made: 0, fails: false };
  const tokens = renewed(
    async () => {
      state.made += 1;
      if (state.fails) throw new Error("no key");
      return tokenUntil(state.seconds + 100, String(state.made));
    },
    () => state.seconds * 1_000,
  );
  return { state, tokens };
}

test("a token is kept until a minute before it expires", async () => {
  const { state, tokens } = setUp();
  const first = await tokens();
  state.seconds += 40;
  expect(await tokens()).toBe(first);
  state.seconds += 1;
  const others = await Promise.all([tokens(), tokens(), tokens()]);
  expect(new Set(others).size).toBe(1);
  expect(others).not.toContain(first);
  expect(state.made).toBe(2);
});

test("one that is needed for longer is made anew", async () => {
  const { state, tokens } = setUp();
  const first = await tokens();
  state.seconds += 10;
  expect(await tokens(95)).not.toBe(first);
  await expect(tokens(101)).rejects.toThrow("a token of this platform lives 100 s, and is needed for 101 s: take less");
});

test("a failure is told, and no reason not to try again", async () => {
  const { state, tokens } = setUp();
  state.fails = true;
  await expect(tokens()).rejects.toThrow("no key");
  state.fails = false;
  expect(await tokens()).toContain("header.");
  expect(state.made).toBe(2);
});

test("what is no token is told to be none", async () => {
  await expect(renewed(async () => "Enter your password:")()).rejects.toThrow("no JSON Web Token");
});
