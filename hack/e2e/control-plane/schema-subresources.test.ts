import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "./support/api-server.ts";
import { SAMPLES } from "./support/samples.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await server.installDefinition();
});

beforeEach(async () => {
  await server.kubectl.run(["delete", "profileplatforms", "--all"]);
  await server.kubectl.run(["apply", "-f", `${SAMPLES}/demo.yaml`]);
});

afterAll(async () => {
  await server?.stop();
});

const STATUS = {
  observedGeneration: 1,
  conditions: [
    {
      type: "Ready",
      status: "False",
      observedGeneration: 1,
      lastTransitionTime: "2026-01-31T12:00:00Z",
      reason: "Progressing",
      message: "waiting for postgresql",
    },
  ],
  componentsReady: "4/6",
  components: [
    { name: "postgresql", layer: "data-layer", state: "Progressing", ready: "0/1", message: "starting" },
    { name: "server", layer: "server-layer", state: "Waiting", ready: "0/3", message: "waits for migrations" },
  ],
  endpoints: { server: "http://server.server-layer.svc.cluster.local:8080" },
  server: { replicas: 2, selector: "app.kubernetes.io/name=server" },
  postgresql: { primary: "postgresql-0", replicas: ["postgresql-1"] },
};

async function writeStatus(status: unknown): Promise<void> {
  const patch = JSON.stringify({ status });
  await server.kubectl.run(["patch", "pp", "demo", "--subresource=status", "--type=merge", "-p", patch]);
}

test("kubectl get shows what a person wants to know first", async () => {
  await writeStatus(STATUS);
  const [header = "", line = ""] = (await server.kubectl.run(["get", "profileplatforms"])).trim().split("\n");
  expect(header.split(/\s{2,}/).map((name) => name.trim())).toEqual([
    "NAME",
    "READY",
    "STATE",
    "COMPONENTS",
    "PRIMARY",
    "AGE",
  ]);
  expect(line.split(/\s{2,}/).slice(0, 5)).toEqual(["demo", "False", "waiting for postgresql", "4/6", "postgresql-0"]);
});

test("the short name and the category find it", async () => {
  expect(await server.kubectl.run(["get", "pp", "-o", "name"])).toContain("profileplatform.profileplatform.io/demo");
  expect(await server.kubectl.run(["get", "all", "-o", "name"])).toContain("profileplatform.profileplatform.io/demo");
});

test("status is written through its subresource only, and is stored whole", async () => {
  await writeStatus(STATUS);
  const [stored] = await server.platforms();
  expect(stored?.status).toEqual(STATUS);
  expect(stored?.metadata.generation).toBe(1);

  const patch = JSON.stringify({ status: { componentsReady: "6/6" } });
  await server.kubectl.run(["patch", "pp", "demo", "--type=merge", "-p", patch]);
  expect((await server.platforms())[0]?.status).toEqual(STATUS);
});

test("kubectl scale changes the server's replicas, within the bounds of the field", async () => {
  await server.kubectl.run(["scale", "profileplatform", "demo", "--replicas=5"]);
  expect((await server.platforms())[0]?.spec.server.replicas).toBe(5);

  const refused = await server.kubectl.try(["scale", "profileplatform", "demo", "--replicas=0"]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("spec.server.replicas");
  expect((await server.platforms())[0]?.spec.server.replicas).toBe(5);
});

test("the scale subresource tells an autoscaler which pods there are", async () => {
  await writeStatus(STATUS);
  const text = await server.kubectl.run([
    "get",
    "--raw",
    "/apis/profileplatform.io/v1alpha1/profileplatforms/demo/scale",
  ]);
  expect(JSON.parse(text)).toMatchObject({
    kind: "Scale",
    spec: { replicas: 3 },
    status: { replicas: 2, selector: "app.kubernetes.io/name=server" },
  });
});

test("kubectl explain describes every field", async () => {
  const text = await server.kubectl.run(["explain", "profileplatform.spec.server.cache", "--recursive"]);
  for (const field of ["maxEntries", "newEntryTTL", "updatedEntryTTL"]) expect(text).toContain(field);
  expect(await server.kubectl.run(["explain", "pp.spec.namespacePrefix"])).toContain("Put in front of the name");
});
