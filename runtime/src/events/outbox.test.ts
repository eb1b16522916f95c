import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { until } from "../../test/instance.ts";
import { Backlog, bounds, Outbox } from "./outbox.ts";

let server: ReturnType<typeof createServer>;
let sender: WebSocket;
let receiver: WebSocket;

beforeEach(async () => {
  server = createServer();
  const sockets = new WebSocketServer({ server });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const opened = once(sockets, "connection") as Promise<[WebSocket]>;
  receiver = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [sender] = await opened;
  await once(receiver, "open");
});
afterEach(() => {
  receiver.terminate();
  sender.terminate();
  server.close();
});

const kilobyte = Buffer.alloc(1_024, "x");

describe("what is sent to a client", () => {
  test("that reads arrives, and leaves nothing behind", async () => {
    const backlog = new Backlog(100_000_000);
    const overflows: number[] = [];
    const outbox = new Outbox({ socket: sender, backlog, onOverflow: () => void overflows.push(backlog.bytes) });
    let received = 0;
    receiver.on("message", () => (received += 1));
    for (let count = 0; count < 5_000; count += 1) {
      outbox.send(kilobyte);
      await outbox.drained();
    }
    await until("all of it", async () => received === 5_000);
    await until("nothing to be left", async () => backlog.bytes === 0);
    expect([overflows, outbox.congested]).toEqual([[], false]);
  });

  test("that does not read is kept up to a limit, and then given up", async () => {
    const backlog = new Backlog(100_000_000);
    const overflows: number[] = [];
    const outbox = new Outbox({ socket: sender, backlog, onOverflow: () => void overflows.push(backlog.bytes) });
    receiver.pause();
    // The system takes a few megabytes for it.
    for (let count = 0; count < 50_000 && overflows.length === 0; count += 1) {
      outbox.send(kilobyte);
      if (count % 100 === 0) await new Promise(setImmediate);
    }
    expect(overflows).toHaveLength(1);
    expect(backlog.bytes).toBeGreaterThan(bounds.usual);
    expect(backlog.bytes).toBeLessThan(bounds.usual + 2_048);
    const before = sender.bufferedAmount;
    for (let count = 0; count < 100; count += 1) outbox.send(kilobyte);
    expect([sender.bufferedAmount, overflows.length]).toEqual([before, 1]);
    outbox.close();
    expect(backlog.bytes).toBe(0);
    await outbox.drained();
  });

  test("has less room while all of them together have too much", async () => {
    const backlog = new Backlog(1_000);
    const overflows: number[] = [];
    const outbox = new Outbox({ socket: sender, backlog, onOverflow: () => void overflows.push(backlog.bytes) });
    receiver.pause();
    for (let count = 0; count < 50_000 && overflows.length === 0; count += 1) {
      outbox.send(kilobyte);
      if (count % 20 === 0) await new Promise(setImmediate);
    }
    expect(backlog.bytes).toBeGreaterThan(bounds.scarce);
    expect(backlog.bytes).toBeLessThan(bounds.scarce + 2_048);
  });
});
