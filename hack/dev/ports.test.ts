import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { choosePorts, isFreePort, type PortSources } from "./ports.ts";

const USUAL = {
  server: 8080,
  worker: 8081,
  serverMetrics: 9090,
  workerMetrics: 9091,
  postgresql: 5432,
  redis: 6379,
  rabbitmq: 5672,
  management: 15672,
};

function sources(parts: Partial<PortSources> & { readonly taken?: readonly number[] } = {}): PortSources {
  const { taken = [], ...others } = parts;
  let next = 40_000;
  return {
    environment: {},
    remembered: {},
    isFree: async (port) => !taken.includes(port),
    anyPort: async () => next++,
    ...others,
  };
}

describe("a port", () => {
  test("is the usual one", async () => {
    expect(await choosePorts(sources())).toEqual(USUAL);
  });

  test("is another one where the usual one is taken, and stays that in later runs", async () => {
    const first = await choosePorts(sources({ taken: [5432] }));
    expect(first).toEqual({ ...USUAL, postgresql: 40_000 });
    expect(await choosePorts(sources({ remembered: first }))).toEqual(first);
  });

  test("falls back to the usual one when that of the last run is taken", async () => {
    expect(await choosePorts(sources({ remembered: { redis: 7000 }, taken: [7000] }))).toEqual(USUAL);
  });

  test("is the one that is asked for, whatever it was before", async () => {
    const environment = { SERVER_PORT: "9000", DB_PORT: "" };
    expect(await choosePorts(sources({ environment, remembered: { server: 9001 } }))).toEqual({
      ...USUAL,
      server: 9000,
    });
  });

  test("is any free one when 0 is asked for, and never the same for two", async () => {
    const environment = { SERVER_PORT: "0", WORKER_PORT: "0" };
    const numbers = [50_000, 50_000, 50_001];
    const anyPort = async (): Promise<number> => numbers.shift() ?? 0;
    const chosen = await choosePorts(sources({ environment, remembered: { server: 9001 }, anyPort }));
    expect(chosen).toEqual({ ...USUAL, server: 50_000, worker: 50_001 });
  });

  test("that is asked for and taken, or asked for twice, is refused in a sentence", async () => {
    await expect(choosePorts(sources({ environment: { REDIS_PORT: "6380" }, taken: [6380] }))).rejects.toThrow(
      "REDIS_PORT is 6380, and that port is taken: choose another one, or 0 for any that is free",
    );
    await expect(choosePorts(sources({ environment: { SERVER_PORT: "9000", WORKER_PORT: "9000" } }))).rejects.toThrow(
      "WORKER_PORT is 9000, and that port is taken",
    );
  });

  test.each(["http", "65536", "-1", "8080.5"])("that is none (%s) is refused in a sentence", async (text) => {
    await expect(choosePorts(sources({ environment: { DB_PORT: text } }))).rejects.toThrow(
      `DB_PORT is "${text}": give a port from 1 to 65535, or 0 for any that is free`,
    );
  });
});

test("a port is free until somebody listens on it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  expect(await isFreePort(port)).toBe(false);
  server.close();
  await once(server, "close");
  expect(await isFreePort(port)).toBe(true);
});
