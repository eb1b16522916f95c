import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { RUN_AS_ID } from "@profile-platform/operator/names";
import { loadConfig } from "@profile-platform/runtime/kit/config";
import { migrateVariables } from "@profile-platform/runtime/migrate/config";
import { loadServerConfig, serverVariables } from "@profile-platform/runtime/server/config";
import { loadWorkerConfig, workerVariables } from "@profile-platform/runtime/worker/config";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SECRETS_FOLDER } from "../dev/compose/secrets.ts";
import { REPOSITORY } from "../images/paths.ts";

// There is no Docker where this project is tested: what can be known of docs/containers.md without one is tested here.
const read = (path: string) => readFileSync(join(REPOSITORY, path), "utf8");
const page = read("docs/containers.md");
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block);

type Environment = Readonly<Record<string, string | undefined>>;

const PROGRAMS = {
  migrate: { variables: migrateVariables, load: (given: Environment) => loadConfig(migrateVariables, given) },
  server: { variables: serverVariables, load: loadServerConfig },
  worker: { variables: workerVariables, load: loadWorkerConfig },
} as const;
type Program = keyof typeof PROGRAMS;
const programs = Object.keys(PROGRAMS) as Program[];

function blockWith(text: string): string {
  const found = blocks.filter((block) => block.includes(text));
  if (found.length !== 1) throw new Error(`docs/containers.md has ${found.length} examples with "${text}"`);
  return found[0] ?? "";
}

/** The variables that a program cannot start without: those that it names when nothing is set. */
function requiredBy(program: Program): readonly string[] {
  try {
    PROGRAMS[program].load({});
  } catch (err) {
    return [...(err as Error).message.matchAll(/^ {2}(\w+): expected/gm)].map(([, name = ""]) => name);
  }
  throw new Error(`${program} requires nothing`);
}

/** Values of `--env NAME=value` in a command. */
function envOptions(command: string): Environment {
  return Object.fromEntries([...command.matchAll(/--env (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
}

const servicesEnv = blockWith("# services.env");

describe("the table of variables", () => {
  const rows = [...page.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \| (.*?) \| (.*?) \|$/gm)].map(
    ([, names = "", readBy = "", meaning = ""]) => ({
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
      readBy: programs.filter((program) => readBy.includes(`\`${program}\``)),
      isRequired: meaning.startsWith("required"),
    }),
  );

  test.each(programs)("has what %s requires as required", (program) => {
    // Of the two issuers, the server names the variables of the embedded one.
    const orInstead = ["AUTH_JWKS_FILE", "AUTH_ISSUER"];
    const required = requiredBy(program).filter((name) => !orInstead.includes(name));
    const told = rows.filter(({ readBy, isRequired }) => isRequired && readBy.includes(program));
    const issuer = program === "server" ? ["AUTH_OIDC_ISSUER"] : [];
    expect(told.flatMap(({ names }) => names).toSorted()).toEqual([...required, ...issuer].toSorted());
  });

  test("names variables that are read, by who reads them", () => {
    expect(rows.length).toBeGreaterThan(5);
    for (const { names, readBy } of rows) {
      for (const name of names) {
        const readers = programs.filter((program) => name in PROGRAMS[program].variables);
        expect([name, readers.filter((reader) => !readBy.includes(reader))]).toEqual([name, []]);
      }
    }
  });
});

describe("services.env", () => {
  const given: Environment = parseEnv(servicesEnv);

  test.each(programs)("is enough for %s, and nothing of it is unknown to all", (program) => {
    expect(() => PROGRAMS[program].load(given)).not.toThrow();
    const known = programs.flatMap((one) => Object.keys(PROGRAMS[one].variables));
    expect(known).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  test("leaves nothing to a default that leads to the container itself", () => {
    const config = loadServerConfig(given);
    const hosts = [config.DB_HOST, config.REDIS_ADDRESS.host, new URL(config.QUEUE_URI).hostname];
    expect(hosts.filter((host) => host === "localhost")).toEqual([]);
  });

  test("is as Docker reads it: no quotes, no comment behind a value", () => {
    expect(servicesEnv.split("\n").filter((line) => /["']|\S\s+#/.test(line))).toEqual([]);
  });

  test("serves with keys of one's own instead of an issuer", () => {
    const { AUTH_OIDC_ISSUER: _issuer, ...rest } = given;
    const options = envOptions(blockWith("/keys:/etc/profile-platform/auth"));
    expect(Object.keys(options)).toEqual(["AUTH_JWKS_FILE", "AUTH_ISSUER"]);
    expect(() => loadServerConfig({ ...rest, ...options })).not.toThrow();
    expect(() => loadServerConfig(rest)).toThrow("AUTH_JWKS_FILE");
  });
});

describe("the commands", () => {
  test("publish the ports that the programs listen on", () => {
    const server = loadServerConfig(parseEnv(servicesEnv));
    const worker = loadWorkerConfig(parseEnv(servicesEnv));
    const published = [...blockWith("--name worker").matchAll(/--publish (?:127\.0\.0\.1:)?\d+:(\d+)/g)];
    const ports = [server.SERVER_PORT, server.METRICS_PORT, worker.WORKER_PORT, worker.METRICS_PORT];
    expect(published.map(([, port]) => Number(port))).toEqual(ports);
  });

  test("leave a service more time to stop than it takes", () => {
    const grace = loadServerConfig(parseEnv(servicesEnv)).SHUTDOWN_GRACE_PERIOD;
    const timeouts = [...page.matchAll(/--stop-timeout (\d+)/g)].map(([, seconds]) => Number(seconds) * 1_000);
    expect(Math.min(...timeouts)).toBeGreaterThan(grace);
  });

  test("run programs that the image has, and the one that runs without a command is the server", () => {
    const run = new Set([...page.matchAll(/\/app\/(\w+)\.mjs/g)].map(([, name = ""]) => name));
    expect([...run].toSorted()).toEqual(["migrate", "reshard", "server", "worker"]);
    const dockerfile = read("runtime/Dockerfile");
    expect(dockerfile).toContain('CMD ["node", "/app/server.mjs"]');
    expect(dockerfile).not.toMatch(/^(ENTRYPOINT|HEALTHCHECK)/m);
    expect(page).toContain(`user and group ${RUN_AS_ID}`);
  });
});

describe("beside docker-compose.yml", () => {
  const command = blockWith("--project-name try up");
  const compose = parse(read("docker-compose.yml"), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly environment?: Environment }>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };

  test("the variables are those that Compose gives its own services", () => {
    const options = envOptions(command);
    const { environment = {} } = compose.services["server"] ?? {};
    expect(Object.keys(options).length).toBeGreaterThan(4);
    expect(environment).toMatchObject(options);
  });

  test("with the secrets that Compose makes, they are enough", () => {
    // What stands in services.env of the volume: see hack/dev/compose/secrets.ts.
    const secrets = { DB_PASSWORD: "p", REDIS_PASSWORD: "r", QUEUE_URI: "amqp://profiles:q@rabbitmq:5672/" };
    for (const program of programs) {
      expect(() => PROGRAMS[program].load({ ...envOptions(command), ...secrets })).not.toThrow();
    }
  });

  test("services, volume and network are there", () => {
    const [, started = ""] = /up --detach (.*)$/m.exec(command) ?? [];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(started.split(" ")));
    expect(command).toContain(`--network try_default --volume try_secrets:${SECRETS_FOLDER}:ro`);
    expect(Object.keys(compose.volumes)).toContain("secrets");
    expect(compose).not.toHaveProperty("networks");
  });
});
