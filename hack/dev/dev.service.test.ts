import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../e2e/support/eventually.ts";
import { REPOSITORY } from "../images/paths.ts";

const PROGRAM = join(REPOSITORY, "hack/dev/main.ts");

let folder = "";
let state = "";
let runtime = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "profile-platform-dev-"));
  chmodSync(folder, 0o711);
  state = join(folder, "state");
  // A copy of the services, so that the checkout stays as it is.
  runtime = join(folder, "runtime");
  cpSync(join(REPOSITORY, "runtime/src"), join(runtime, "src"), { recursive: true });
  cpSync(join(REPOSITORY, "runtime/package.json"), join(runtime, "package.json"));
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
});

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});
afterAll(async () => {
  await nothingLeft();
  rmSync(folder, { recursive: true, force: true });
});

interface Dev {
  readonly child: ChildProcess;
  /** All that it wrote so far. */
  output(): string;
  /** Resolves with the code of its end. */
  readonly ended: Promise<number | null>;
}

function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Dev {
  const anyPort = {
    SERVER_PORT: "0",
    WORKER_PORT: "0",
    SERVER_METRICS_PORT: "0",
    WORKER_METRICS_PORT: "0",
    DB_PORT: "0",
    REDIS_PORT: "0",
    RABBITMQ_PORT: "0",
  };
  const child = spawn(process.execPath, [PROGRAM, "--state", state, "--runtime", runtime, ...words], {
    env: {
      PATH: process.env["PATH"] ?? "",
      ...anyPort,
      RABBITMQ_MANAGEMENT_PORT: "0",
      // Redis is not to be taken for unreachable on a busy machine, nor requests refused.
      CACHE_REDIS_TIMEOUT: "2s",
      RATE_LIMIT_REDIS_TIMEOUT: "1s",
      SHEDDING_TARGET_DELAY: "5s",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, ended, output: () => text };
}

async function printed(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string> {
  const dev = run(words, environment);
  const code = await dev.ended;
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${dev.output()}`);
  return dev.output().trim();
}

/** Waits until it says that everything runs. @returns the address of the server */
function running(dev: Dev): Promise<string> {
  const look = async () => {
    if (dev.child.exitCode !== null) throw new Error(`it has ended: ${dev.output()}`);
    return /profile API +(http:\S+)\/api\/v1\/profiles/.exec(dev.output())?.[1];
  };
  return eventually(look, { what: "everything runs", timeoutMs: 240_000, everyMs: 50 });
}

function wrote(dev: Dev, pattern: RegExp): Promise<RegExpExecArray> {
  const look = async () => pattern.exec(dev.output()) ?? undefined;
  return eventually(look, {
    what: `it wrote ${pattern}, and not only ${dev.output()}`,
    timeoutMs: 30_000,
    everyMs: 20,
  });
}

/** Numbers of the processes that work in the folder, or on it. */
function processes(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")) return false;
        const places = [readlinkSync(`/proc/${pid}/cwd`), readFileSync(`/proc/${pid}/cmdline`, "utf8")];
        return places.some((place) => place.includes(folder));
      } catch {
        // It has ended meanwhile.
        return false;
      }
    });
}

async function nothingLeft(): Promise<void> {
  const look = async () => (processes().length === 0 ? true : undefined);
  await eventually(look, { what: "no process is left", timeoutMs: 40_000, everyMs: 100 });
}

async function token(role: string): Promise<string> {
  return printed(["token"], { ROLE: role });
}

interface Answer {
  readonly status: number;
  readonly profile: { readonly id: string; readonly name: string } | undefined;
}

async function api(url: string, bearer: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" };
  const response = await fetch(url, { ...init, headers });
  const { profile } = (await response.json()) as Pick<Answer, "profile">;
  return { status: response.status, profile };
}

function serverPid(): number {
  const record = JSON.parse(readFileSync(join(state, "processes.json"), "utf8")) as readonly {
    readonly name: string;
    readonly identity: { readonly pid: number };
  }[];
  const found = record.findLast(({ name }) => name === "server");
  if (found === undefined) throw new Error("there is no server");
  return found.identity.pid;
}

describe("make dev", () => {
  let profile = "";

  test("serves, starts again with each change, and leaves nothing behind after Ctrl-C", {
    timeout: 400_000,
  }, async () => {
    const dev = run(["up"]);
    const url = await running(dev);
    const editor = await token("editor");
    const created = await api(`${url}/api/v1/profiles`, editor, {
      method: "POST",
      body: JSON.stringify({ name: "Ada Lovelace", email: "ada@example.org" }),
    });
    expect(created.status).toBe(201);
    profile = created.profile?.id ?? "";
    expect((await api(`${url}/api/v1/profiles/${profile}`, await token("viewer"))).profile?.name).toBe("Ada Lovelace");
    const refused = await api(`${url}/api/v1/profiles/${profile}`, editor, { method: "DELETE" });
    expect(refused.status).toBe(403);

    // Twice, for it is the second replacement of a file that a watch on the file itself would miss.
    const source = join(runtime, "src/server/main.ts");
    const original = readFileSync(source, "utf8");
    for (const word of ["first", "second"]) {
      const before = serverPid();
      const changed = original.replace('log.info("ready to serve")', `log.info("ready after the ${word} change")`);
      expect(changed).not.toBe(original);
      writeFileSync(`${source}.new`, changed);
      renameSync(`${source}.new`, source);
      await wrote(dev, /server\/main\.ts has changed: server and worker start again/);
      await wrote(dev, new RegExp(`server +\\| .*ready after the ${word} change`));
      expect(serverPid()).not.toBe(before);
      expect((await api(`${url}/api/v1/profiles/${profile}`, editor)).status).toBe(200);
    }
    expect(dev.output()).toMatch(/server +\| .*shutting down: readiness now fails/);

    // A mistake ends the server alone, and the next change puts it right.
    writeFileSync(source, "this is no program");
    await wrote(dev, /server +\| ── it has ended with code 1: the next change of a file starts it again/);
    writeFileSync(source, original);
    await wrote(dev, /server +\| .*ready to serve[\s\S]*the next change of a file[\s\S]*server +\| .*ready to serve/);

    const second = run(["up"]);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`make dev runs already, as process ${dev.child.pid}, with its data in ${state}`);
    const clean = run(["clean"]);
    expect(await clean.ended).toBe(1);
    expect(clean.output()).toContain("end it first");

    // Everybody on this machine reaches the ports: nobody is let in without the password.
    const [, management] = await wrote(dev, /RabbitMQ +(http:\S+)/);
    const guest = { Authorization: `Basic ${Buffer.from("guest:guest").toString("base64")}` };
    expect((await fetch(`${management}/api/whoami`, { headers: guest })).status).toBe(401);

    dev.child.kill("SIGINT");
    expect(await dev.ended).toBe(0);
    expect(dev.output()).toContain("Everything that was started here has ended.");
    expect(processes()).toEqual([]);
  });

  test("finds everything again after it was killed, with tokens of before", { timeout: 400_000 }, async () => {
    const editor = await token("editor");
    const killed = run(["up"]);
    await running(killed);
    killed.child.kill("SIGKILL");
    await killed.ended;

    const dev = run(["up"]);
    const url = await running(dev);
    const found = await api(`${url}/api/v1/profiles/${profile}`, editor);
    expect([found.status, found.profile?.name]).toEqual([200, "Ada Lovelace"]);
    expect(await printed(["migrate"])).toContain("the schema is up to date");
    dev.child.kill("SIGTERM");
    expect(await dev.ended).toBe(0);
    expect(processes()).toEqual([]);
  });

  test("ends in the middle of its start, and begins anew after its data was removed", {
    timeout: 400_000,
  }, async () => {
    const dev = run(["up"]);
    await wrote(dev, /PostgreSQL on port/);
    dev.child.kill("SIGINT");
    // RabbitMQ would be waited for, which is in the middle of its start; whoever asks twice does not want to.
    await wrote(dev, /✗ RabbitMQ on port/);
    dev.child.kill("SIGINT");
    expect(await dev.ended).toBe(0);
    expect(processes()).toEqual([]);
    expect(await printed(["clean"])).toContain(`Removed ${state}`);
    const refused = run(["token"], { ROLE: "viewer" });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain("start the services first");
    const gone = run(["migrate"]);
    expect(await gone.ended).toBe(1);
    expect(gone.output()).toContain("make dev is not running");
  });
});
