import type { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { CredentialReader } from "./credential-reader.ts";

/** A kubeconfig whose token changes with each look, or that cannot be read. */
function setUp() {
  const clock = new FakeClock();
  const state = { looks: 0, broken: false };
  const applyToHTTPSOptions = async (options: { ca?: string; headers: Record<string, string> }) => {
    state.looks += 1;
    if (state.broken) throw new Error("no such file");
    options.ca = "authority";
    options.headers["Authorization"] = `Bearer ${state.looks}`;
  };
  const reader = new CredentialReader({ applyToHTTPSOptions } as unknown as KubeConfig, clock);
  const token = async () => (await reader.read()).headers["Authorization"];
  return { clock, state, reader, token };
}

test("credentials are read once for requests of the same second, and anew afterwards", async () => {
  const { clock, token } = setUp();
  expect(await Promise.all([token(), token()])).toEqual(["Bearer 1", "Bearer 1"]);
  await clock.advance(999);
  expect(await token()).toBe("Bearer 1");
  await clock.advance(1);
  expect(await token()).toBe("Bearer 2");
});

test("the identity is that of what a TLS handshake shows, not of a token", async () => {
  const { clock, reader } = setUp();
  const first = await reader.read();
  await clock.advance(1_000);
  const second = await reader.read();
  expect(second.headers).not.toEqual(first.headers);
  expect(second.identity).toBe(first.identity);
  expect(second.tls).toEqual({ ca: "authority" });
});

test("what could not be read is tried again by the next request", async () => {
  const { state, token } = setUp();
  state.broken = true;
  await expect(token()).rejects.toThrow("while reading the credentials for the API server");
  state.broken = false;
  expect(await token()).toBe("Bearer 2");
});
