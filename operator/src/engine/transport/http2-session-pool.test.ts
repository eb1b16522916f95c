import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { ConnectTimeoutError } from "./connect-error.ts";
import type { ConnectLimits } from "./http2-connect.ts";
import { Http2SessionPool, PoolClosedError, type PooledConnection } from "./http2-session-pool.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const untrusted = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });

class Connection implements PooledConnection {
  isOpen = true;
  used = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get hasRoom(): boolean {
    return this.isOpen && this.used < 2;
  }

  get isIdle(): boolean {
    return this.used === 0;
  }

  leave(): void {
    this.used -= 1;
    this.#onChange();
  }

  close(): void {
    this.isOpen = false;
    this.#onChange();
  }
}

describe("Http2SessionPool", () => {
  let clock: FakeClock;
  let attempts: (ConnectLimits & { readonly at: number })[];
  /** What happens at each attempt to connect; after the last one, it works. */
  let outcomes: (Error | "works")[];
  let connections: Connection[];

  beforeEach(() => {
    clock = new FakeClock();
    attempts = [];
    outcomes = [];
    connections = [];
  });

  function pool(maxConnections = Number.POSITIVE_INFINITY): Http2SessionPool<Connection> {
    return new Http2SessionPool({
      maxConnections,
      clock,
      random: () => 0,
      connect: async (limits, onChange) => {
        attempts.push({ ...limits, at: clock.monotonic() });
        const outcome = outcomes.shift() ?? "works";
        if (outcome instanceof ConnectTimeoutError) {
          const { promise, resolve } = Promise.withResolvers<void>();
          clock.schedule(resolve, limits.tcpMs);
          await promise;
        }
        if (outcome instanceof Error) {
          throw outcome;
        }
        const connection = new Connection(onChange);
        connections.push(connection);
        return connection;
      },
    });
  }

  const never = new AbortController().signal;
  const take = (connection: Connection): number => {
    connection.used += 1;
    return connections.indexOf(connection);
  };

  it("makes another connection when it is told to, though there is room, and none beside one that is being made", async () => {
    const one = pool(1);
    await one.use(new AbortController().signal, (connection) => connection);
    expect(connections).toHaveLength(1);
    one.makeAnother();
    one.makeAnother();
    await settle();
    expect(connections).toHaveLength(2);
    connections[0]?.close();
    expect(await one.use(new AbortController().signal, (connection) => connection)).toBe(connections[1]);
    one.close();
    one.makeAnother();
    await settle();
    expect(connections).toHaveLength(2);
  });

  it("fills one connection after the other", async () => {
    const subject = pool();
    const uses = Array.from({ length: 5 }, () => subject.use(never, take));
    expect(await Promise.all(uses)).toEqual([0, 0, 1, 1, 2]);
    connections[0]?.leave();
    expect(await subject.use(never, take)).toBe(0);
  });

  it("lets those wait, in order, for whom there is no room and may be no other connection", async () => {
    const subject = pool(1);
    await Promise.all([subject.use(never, take), subject.use(never, take)]);
    const order: string[] = [];
    const use = (name: string) => subject.use(never, (connection) => order.push(`${name} ${take(connection)}`));
    const later = [use("third"), use("fourth")];
    await settle();
    expect(order).toEqual([]);
    connections[0]?.leave();
    connections[0]?.leave();
    await Promise.all(later);
    expect(order).toEqual(["third 0", "fourth 0"]);
    expect(connections).toHaveLength(1);
  });

  it("opens another connection when one takes no more", async () => {
    const subject = pool(1);
    await subject.use(never, take);
    connections[0]?.close();
    expect(await subject.use(never, take)).toBe(1);
  });

  it("passes on what the start throws, and goes on", async () => {
    const subject = pool(1);
    const closed = subject.use(never, () => {
      throw new Error("the fence is closed");
    });
    await expect(closed).rejects.toThrow("the fence is closed");
    expect(await subject.use(never, take)).toBe(0);
  });

  it("forgets who does not want to wait any more", async () => {
    const subject = pool(1);
    await Promise.all([subject.use(never, take), subject.use(never, take)]);
    const abort = new AbortController();
    const given = subject.use(abort.signal, take);
    abort.abort(new Error("no longer wanted"));
    await expect(given).rejects.toThrow("no longer wanted");
    await expect(subject.use(abort.signal, take)).rejects.toThrow("no longer wanted");
    connections[0]?.leave();
    expect(connections[0]?.used).toBe(1);
  });

  it("says at once why it cannot be connected for the first time", async () => {
    outcomes = [refused];
    const subject = pool();
    await expect(subject.use(never, take)).rejects.toBe(refused);
  });

  it("waits for a server that was there before, trying about twice a second", async () => {
    const subject = pool();
    await subject.use(never, take);
    connections[0]?.close();
    outcomes = Array.from({ length: 8 }, () => refused);
    const use = subject.use(never, take);
    await clock.advance(2500);
    expect(await use).toBe(1);
    expect(attempts.map(({ at }) => at)).toEqual([0, 0, 20, 60, 140, 300, 620, 1120, 1620, 2120]);
  });

  it("does not wait for longer than 10 s", async () => {
    const subject = pool();
    await subject.use(never, take);
    connections[0]?.close();
    outcomes = Array.from({ length: 100 }, () => refused);
    const outcome = subject.use(never, take).catch((error: unknown) => error);
    await clock.advance(10_500);
    expect(await outcome).toBe(refused);
  });

  it("does not wait for a certificate to become another", async () => {
    const subject = pool();
    await subject.use(never, take);
    connections[0]?.close();
    outcomes = [untrusted];
    await expect(subject.use(never, take)).rejects.toBe(untrusted);
  });

  it("tries again at once when an attempt got no answer, with more time for the next", async () => {
    const subject = pool();
    await subject.use(never, take);
    connections[0]?.close();
    const timeout = new ConnectTimeoutError("no answer");
    outcomes = [timeout, timeout, timeout];
    const use = subject.use(never, take);
    await clock.advance(6000);
    expect(await use).toBe(1);
    expect(attempts.slice(1)).toEqual([
      { at: 0, tcpMs: 1000, handshakeMs: 1000 },
      { at: 1000, tcpMs: 2000, handshakeMs: 2000 },
      { at: 3000, tcpMs: 2000, handshakeMs: 4000 },
      { at: 5000, tcpMs: 2000, handshakeMs: 8000 },
    ]);
  });

  it("does so the first time as well, for 10 s", async () => {
    const timeout = new ConnectTimeoutError("no answer");
    const subject = pool();
    outcomes = [timeout];
    const use = subject.use(never, take);
    await clock.advance(1000);
    expect(await use).toBe(0);
    outcomes = Array.from({ length: 20 }, () => timeout);
    const other = pool();
    const outcome = other.use(never, take).catch((error: unknown) => error);
    await clock.advance(12_000);
    expect(await outcome).toBe(timeout);
  });

  it("gives up what nothing uses when it is told to, and begins anew with the next request", async () => {
    const subject = pool();
    await Promise.all([subject.use(never, take), subject.use(never, take), subject.use(never, take)]);
    connections[1]?.leave();
    subject.closeIdle();
    expect(connections.map(({ isOpen }) => isOpen)).toEqual([true, false]);
    expect(await subject.use(never, take)).toBe(2);
  });

  it("closes its connections, and turns away who waits and who comes", async () => {
    const subject = pool(1);
    await Promise.all([subject.use(never, take), subject.use(never, take)]);
    const waiting = subject.use(never, take);
    subject.close();
    await expect(waiting).rejects.toThrow(PoolClosedError);
    await expect(subject.use(never, take)).rejects.toThrow(PoolClosedError);
    expect(connections.map(({ isOpen }) => isOpen)).toEqual([false]);
  });
});
