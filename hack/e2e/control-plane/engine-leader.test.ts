import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { LeaderElector, type LeaderElectorOptions } from "@profile-platform/operator/engine/leader-elector";
import type { Lease } from "@profile-platform/operator/engine/lease";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type EngineServer, silent, startEngineServer } from "./support/engine.ts";

const PROGRAM = fileURLToPath(new URL("support/leader-process.ts", import.meta.url));

let server: EngineServer;
let namespace: string;
let stops: AbortController[];
let children: ChildProcess[];

beforeAll(async () => {
  server = await startEngineServer();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  namespace = await server.makeNamespace();
  stops = [];
  children = [];
});

afterEach(() => {
  for (const stop of stops) {
    stop.abort();
  }
  for (const child of children) {
    child.kill("SIGKILL");
  }
});

function contend(identity: string, options: Partial<LeaderElectorOptions> = {}) {
  const stop = new AbortController();
  stops.push(stop);
  const started = Promise.withResolvers<void>();
  const elector = new LeaderElector({
    client: server.client,
    namespace,
    name: "lock",
    identity,
    log: silent,
    leaseDurationMs: 6000,
    renewDeadlineMs: 4000,
    retryPeriodMs: 500,
    onStarted: (signal) => {
      started.resolve();
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve());
      });
    },
    ...options,
  });
  return { elector, stop, started: started.promise, ended: elector.run(stop.signal) };
}

function leaseObject(): Lease {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { namespace, name: "lock" } };
}

async function lease(): Promise<Lease | undefined> {
  return server.read(leaseObject());
}

function startProgram(identity: string) {
  const child = spawn(process.execPath, [PROGRAM, server.kubeconfigPath, namespace, identity], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const says = (word: string) =>
    eventually(async () => output.includes(word) || undefined, { what: `${identity} says ${word}`, timeoutMs: 40_000 });
  return { child, says };
}

async function writer(): Promise<{ writer: string; count: string } | undefined> {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "writer", namespace } };
  return (await server.read(object))?.["data"] as { writer: string; count: string } | undefined;
}

describe("LeaderElector", () => {
  test("takes a lease that nobody holds and renews it", async () => {
    const a = contend("a");
    await a.started;
    const first = await lease();
    expect(first?.spec).toMatchObject({ holderIdentity: "a", leaseDurationSeconds: 6, leaseTransitions: 0 });
    const renewed = await eventually(
      async () => {
        const now = await lease();
        return now?.spec?.renewTime === first?.spec?.renewTime ? undefined : now;
      },
      { what: "the lease is renewed", timeoutMs: 20_000 },
    );
    expect(renewed.spec?.acquireTime).toBe(first?.spec?.acquireTime);
    expect(a.elector.isLeader).toBe(true);
  });

  test("releases on a clean stop, only when the work has ended, and the next one need not wait", async () => {
    const gate = Promise.withResolvers<void>();
    const a = contend("a", { onStarted: () => gate.promise });
    await eventually(async () => a.elector.isLeader || undefined, { what: "a leads", timeoutMs: 20_000 });
    const b = contend("b");
    a.stop.abort();
    const before = (await lease())?.spec?.renewTime;
    await eventually(async () => (await lease())?.spec?.renewTime !== before || undefined, {
      what: "a renews while its work ends",
      timeoutMs: 20_000,
    });
    expect((await lease())?.spec?.holderIdentity).toBe("a");
    gate.resolve();
    expect(await a.ended).toBe("released");
    const released = performance.now();
    await b.started;
    expect(performance.now() - released).toBeLessThan(4000);
    expect((await lease())?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
    expect(a.elector.isLeader).toBe(false);
  });

  test("does not take a lease that is held, but one that its holder let run out", async () => {
    const a = startProgram("a");
    await a.says("leading");
    const b = contend("b");
    const renewals = new Set<string | undefined>();
    await eventually(async () => renewals.add((await lease())?.spec?.renewTime).size > 3 || undefined, {
      what: "a renewed the lease three times",
      timeoutMs: 20_000,
    });
    expect(b.elector.isLeader).toBe(false);
    a.child.kill("SIGKILL");
    await b.started;
    expect((await lease())?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
  });

  test("releases the lease and says so when the work fails", async () => {
    const a = contend("a", { onStarted: () => Promise.reject(new Error("broken")) });
    await expect(a.ended).rejects.toMatchObject({
      message: "while doing the leader's work",
      cause: { message: "broken" },
    });
    expect((await lease())?.spec?.holderIdentity).toBe("");
  });

  test("stops leading when another took the lease", async () => {
    const a = contend("a");
    await a.started;
    await server.edit(leaseObject(), { spec: { holderIdentity: "thief" } });
    expect(await a.ended).toBe("lost");
    expect(a.elector.isLeader).toBe(false);
    expect((await lease())?.spec?.holderIdentity).toBe("thief");
  });

  test("makes the lease again when somebody deleted it", async () => {
    const a = contend("a");
    await a.started;
    await server.remove(leaseObject());
    await eventually(async () => (await lease())?.spec?.holderIdentity === "a" || undefined, {
      what: "a holds a new lease",
      timeoutMs: 20_000,
    });
    expect(a.elector.isLeader).toBe(true);
  });

  test("lets only one of many lead", async () => {
    const leading: string[] = [];
    for (const identity of ["a", "b", "c", "d", "e"]) {
      contend(identity, {
        onStarted: (signal) => {
          leading.push(identity);
          return new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve());
          });
        },
      });
    }
    await eventually(async () => leading.length > 0 || undefined, { what: "one leads", timeoutMs: 20_000 });
    const first = (await lease())?.spec?.renewTime;
    await eventually(async () => (await lease())?.spec?.renewTime !== first || undefined, {
      what: "it renewed",
      timeoutMs: 20_000,
    });
    expect(leading).toHaveLength(1);
  });

  test("a leader that was frozen past its lease writes nothing when it wakes up", async () => {
    const frozen = startProgram("frozen");
    await eventually(async () => (await writer())?.writer === "frozen" || undefined, {
      what: "the leader writes",
      timeoutMs: 40_000,
    });
    frozen.child.kill("SIGSTOP");
    const next = startProgram("next");
    await eventually(async () => (await writer())?.writer === "next" || undefined, {
      what: "the next leader writes",
      timeoutMs: 40_000,
    });
    next.child.kill("SIGTERM");
    await next.says("released");
    const last = await writer();
    frozen.child.kill("SIGCONT");
    await frozen.says("refused NotLeaderError");
    await frozen.says("lost");
    expect(await writer()).toEqual(last);
  });
});
