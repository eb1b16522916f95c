import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { condition, getPlatform, platformManifest, waitReady } from "../../support/platform.ts";
import { type CommandResult, runToEnd } from "../../support/run-to-end.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

const NAME = "commanded";
const NAMESPACE = "commanded-data-layer";
/** Two instances share a node, and each copies the database. */
const READY_MS = 300_000;

const small = (cpu: string) => ({ requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu, memory: "512Mi" } });

const MANIFEST = platformManifest(NAME, {
  namespacePrefix: "commanded-",
  deletionPolicy: "Delete",
  server: { replicas: 1, resources: small("500m") },
  worker: { resources: small("500m") },
  postgresql: { instances: 3, storage: { size: "1Gi" }, resources: small("1") },
  redis: { resources: small("500m") },
  rabbitmq: { resources: small("1") },
});

/** `profileplatform`, whatever its exit code. */
function command(...args: readonly string[]): Promise<CommandResult> {
  return runToEnd("operator/bin/profileplatform", [...args, "--kubeconfig", kubectl.kubeconfig]);
}

/** What a command that ends well prints. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(...args);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** The sentence of a command that is refused. */
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await command(...args);
  expect([args, code]).toEqual([args, 2]);
  return stderr;
}

async function psql(statement: string, ...options: readonly string[]): Promise<string> {
  const { kubeconfig } = kubectl;
  const own = ["psql", "--platform", NAME, "--kubeconfig", kubeconfig, ...options];
  const theirs = ["--tuples-only", "--no-align", "--command", statement];
  const { code, stdout, stderr } = await runToEnd("operator/bin/profileplatform", [...own, "--", ...theirs]);
  if (code !== 0) throw new Error(`psql ended with ${code}: ${stderr}`);
  return stdout.trim();
}

interface Row {
  readonly Member: string;
  readonly Role: string;
  readonly State: string;
  readonly "Pending restart"?: string;
}

const inside = (pod: string, ...args: readonly string[]): Promise<string> =>
  kubectl.run(["exec", "-n", NAMESPACE, pod, "-c", "postgresql", "--", ...args]);

async function rows(): Promise<readonly Row[]> {
  const list = ["patronictl", "-c", "/etc/patroni/patroni.yml", "list", "-f", "json"];
  return JSON.parse(await inside("postgresql-0", ...list)) as readonly Row[];
}

async function members(): Promise<{ readonly primary: string; readonly replicas: readonly string[] }> {
  const found = await rows();
  const names = (isPrimary: boolean) =>
    found.filter(({ Role }) => (Role === "Leader") === isPrimary).map(({ Member }) => Member);
  return { primary: names(true)[0] ?? "", replicas: names(false) };
}

/** Waits until every replica streams, and counts for the quorum. */
async function whole(): Promise<void> {
  await eventually(
    async () => {
      const found = await rows();
      const standing = found.filter(({ Role, State }) => Role === "Quorum Standby" && State === "streaming");
      if (standing.length === 2) return true;
      throw new Error(found.map(({ Member, Role, State }) => `${Member}: ${Role}, ${State}`).join("; "));
    },
    { what: "two replicas stream and count for the quorum", timeoutMs: 120_000 },
  );
}

const startedAt = (pod: string): Promise<string> =>
  inside(pod, "psql", "--username=postgres", "-At", "--command=SELECT pg_postmaster_start_time()");

beforeAll(async () => {
  await kubectl.apply(MANIFEST);
  await waitReady(kubectl, NAME, READY_MS);
  await whole();
}, READY_MS + 130_000);

afterAll(async () => {
  await kubectl.run(["delete", "profileplatform", NAME, "--cascade=foreground", "--timeout=180s"]);
}, 200_000);

/** One platform, whose tests build on each other. */
describe("the commands about PostgreSQL", () => {
  test("psql is the application's on the primary, and says how it ended", async () => {
    const who = "SELECT current_user, current_database(), pg_is_in_recovery()";
    expect(await psql(who)).toBe("profiles|profiles|f");
    expect(await psql(who, "--replica")).toBe("profiles|profiles|t");
    expect(await psql(who, "--superuser")).toBe("postgres|profiles|f");
    await expect(psql("SELEC")).rejects.toThrow('psql ended with 1: ERROR:  syntax error at or near "SELEC"');
    await psql("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
  });

  test("switchover hands over to the replica that is named, and to one that it chooses", async () => {
    const before = await members();
    const [to = ""] = before.replicas;
    expect(await done("switchover", NAME, "--to", to)).toBe(
      `${before.primary} hands over to ${to}\n${to} is the primary, on timeline 2\n`,
    );
    expect((await members()).primary).toBe(to);
    await whole();
    await done("switchover", NAME);
    const { primary } = await members();
    expect(primary).not.toBe(to);
    expect(await psql("SELECT count(*) FROM kept")).toBe("1000");
    await whole();
  });

  test("what is unsafe is refused, and changes nothing", async () => {
    const before = await members();
    const { primary, replicas } = before;
    expect(await refused("switchover", NAME, "--to", "postgresql-9")).toContain(
      'There is no instance "postgresql-9"; there is postgresql-0, postgresql-1, postgresql-2.',
    );
    expect(await refused("switchover", NAME, "--to", primary)).toContain(`${primary} is the primary already.`);
    expect(await refused("failover", NAME, "--to", replicas[0] ?? "")).toContain(
      "profileplatform switchover hands over",
    );
    expect(await refused("reinit", NAME, "--instance", primary)).toContain("switch over first");
    expect(await refused("restart", NAME, "--instance", primary)).toContain("Leave --instance out");
    expect(await refused("switchover", "nobody")).toContain('There is no platform "nobody" in this cluster');
    expect(await members()).toEqual(before);
  });

  test("reinit has a replica copy everything anew", async () => {
    const { replicas } = await members();
    const [replica = "", other = ""] = replicas;
    await inside(replica, "touch", "/var/lib/postgresql/data/of-the-old-copy");
    expect(await done("reinit", NAME, "--instance", replica)).toBe(
      `${replica} copies the data of the primary\n${replica} streams\n`,
    );
    expect(await inside(replica, "ls", "/var/lib/postgresql/data")).not.toContain("of-the-old-copy");
    await whole();
    expect((await members()).replicas).toContain(other);
  });

  test("restart takes replicas one after the other, and the primary once it has handed over", async () => {
    const before = await members();
    const pods = [before.primary, ...before.replicas];
    const times = new Map(await Promise.all(pods.map(async (pod) => [pod, await startedAt(pod)] as const)));
    const said = await done("restart", NAME);
    expect(said.split("\n")).toEqual([
      ...before.replicas.flatMap((pod) => [`${pod} restarts`, `${pod} runs`]),
      expect.stringMatching(new RegExp(`^${before.primary} hands over to postgresql-\\d$`)),
      expect.stringMatching(/^postgresql-\d is the primary, on timeline \d+$/),
      `${before.primary} restarts`,
      `${before.primary} runs`,
      "",
    ]);
    for (const pod of pods) expect([pod, await startedAt(pod)]).not.toEqual([pod, times.get(pod)]);
    expect((await members()).primary).not.toBe(before.primary);
    await whole();
  });

  test("restart takes those alone whose settings wait for it, when told to", async () => {
    expect(await done("restart", NAME, "--pending")).toBe("No instance has settings that wait for a restart.\n");
    const { primary, replicas } = await members();
    const setting = ["--set", "postgresql.parameters.wal_buffers=8MB", "--force", "--quiet"];
    await inside(primary, "patronictl", "-c", "/etc/patroni/patroni.yml", "edit-config", ...setting);
    const show = (pod: string) => inside(pod, "psql", "--username=postgres", "-At", "--command=SHOW wal_buffers");
    await eventually(async () => (await rows()).every((row) => row["Pending restart"] === "*") || undefined, {
      what: "the setting waits for a restart of each instance",
      timeoutMs: 60_000,
    });
    const [one = "", other = ""] = replicas;
    expect(await done("restart", NAME, "--instance", one)).toBe(`${one} restarts\n${one} runs\n`);
    const said = await done("restart", NAME, "--pending");
    expect(said).not.toContain(`${one} restarts`);
    expect(said).toContain(`${other} restarts\n${other} runs\n${primary} hands over to `);
    for (const pod of [primary, one, other]) expect([pod, (await show(pod)).trim()]).toEqual([pod, "8MB"]);
    await whole();
  });

  test("more connections come by the steps of docs/postgresql.md, and the operator sees them come", async () => {
    const { primary, replicas } = await members();
    const setPools = (poolSize: number) => {
      const change = JSON.stringify({ spec: { server: { database: { poolSize } } } });
      return kubectl.run(["patch", "profileplatform", NAME, "--type=merge", "-p", change]);
    };
    const connections = async (accepted: number, peak: number) =>
      eventually(
        async () => {
          const platform = await getPlatform(kubectl, NAME);
          const { maxConnections, peakConnections } = platform?.status?.postgresql ?? {};
          if (maxConnections !== accepted || peakConnections !== peak) return undefined;
          return { told: condition(platform, "ConnectionsOvercommitted")?.message };
        },
        { what: `the status has ${accepted} connections, and ${peak} that may be opened`, timeoutMs: 60_000 },
      );
    expect(await connections(200, 62)).toEqual({ told: undefined });
    await setPools(80);
    expect((await connections(200, 206)).told).toMatch(/may open 206 connections to PostgreSQL, which accepts 200/);

    const setting = ["edit-config", "--force", "--quiet", "--set", "postgresql.parameters.max_connections=400"];
    await inside("postgresql-0", "patronictl", "-c", "/etc/patroni/patroni.yml", ...setting);
    expect(await connections(400, 206)).toEqual({ told: undefined });
    await eventually(async () => (await rows()).every((row) => row["Pending restart"] === "*") || undefined, {
      what: "the setting waits for a restart of each instance",
      timeoutMs: 60_000,
    });
    await done("restart", NAME, "--pending");
    const show = (pod: string) => inside(pod, "psql", "--username=postgres", "-At", "--command=SHOW max_connections");
    for (const pod of [primary, ...replicas]) expect([pod, (await show(pod)).trim()]).toEqual([pod, "400"]);
    await whole();
    await setPools(8);
    await waitReady(kubectl, NAME, READY_MS);
  });

  test("failover makes a replica the primary where Patroni was told to make none", async () => {
    const { primary, replicas } = await members();
    const [to = ""] = replicas;
    const patronictl = (...args: readonly string[]) =>
      inside(to, "patronictl", "-c", "/etc/patroni/patroni.yml", ...args, "postgresql", "--wait");
    await patronictl("pause");
    await inside(primary, "pg_ctl", "stop", "--pgdata=/var/lib/postgresql/data", "--mode=immediate");
    await eventually(async () => (await members()).primary === "" || undefined, {
      what: "nobody has the lock",
      timeoutMs: 60_000,
    });
    expect(await refused("switchover", NAME)).toContain("PostgreSQL has no primary that runs");
    expect(await done("failover", NAME, "--to", to)).toContain(`${to} is the primary`);
    await patronictl("resume");
    expect(await psql("SELECT count(*) FROM kept")).toBe("1000");
    await waitReady(kubectl, NAME, READY_MS);
    await whole();
  });
});
