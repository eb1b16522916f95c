import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import autocannon from "autocannon";
import { expect, test } from "vitest";
import { problems } from "./load.ts";
import { giveUpWhenRefused, waitUntilAnswered } from "./load-outage.ts";

const requests = { average: 100, total: 2000 };

test("a platform that is too slow is told to be so", () => {
  const [problem] = problems({ requests, errors: 0, timeouts: 0, non2xx: 0 }, 200);
  expect(problem).toContain("lower RATE");
});

test("a platform that cannot be reached is not called slow", () => {
  expect(problems({ requests, errors: 7, timeouts: 2, non2xx: 0 }, 200)).toEqual([
    "5 connection errors, 2 timeouts, 0 answers other than 2xx: see make status and make logs-server",
  ]);
});

test("load on an address where nothing listens ends early, with few errors", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const url = `http://127.0.0.1:${port}`;
  const options = { url, duration: 60, connections: 2, overallRate: 50, setupClient: giveUpWhenRefused(5) };
  const { errors, duration } = await autocannon(options);
  expect(errors).toBe(10);
  expect(duration).toBeLessThan(30);
});

test("an API that answers is not waited for", async () => {
  const server = createServer((_, response) => void response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await expect(waitUntilAnswered(`http://127.0.0.1:${port}`)).resolves.toBeUndefined();
  } finally {
    server.close();
  }
});
