import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareWithDocumented, documentedFamilies } from "../support/documented-metrics.ts";
import { eventually } from "../support/eventually.ts";
import { parseSamples } from "../support/exposition.ts";
import { platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import type { OperatorProcess } from "./support/operator-process.ts";
import { waitApplied } from "./support/settled.ts";

let bench: OperatorBench;
let operator: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  operator = await bench.startOperator();
});

afterAll(async () => {
  await bench?.stop();
});

async function get(path: string, from = operator): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://127.0.0.1:${await from.port()}${path}`);
  return { status: response.status, text: await response.text() };
}

/** Series of the platforms themselves, each with its value. */
async function ofPlatforms(from = operator): Promise<readonly string[]> {
  const samples = parseSamples((await get("/metrics", from)).text);
  return samples
    .filter(({ labels }) => labels["platform"] !== undefined)
    .map(({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`);
}

describe("metrics of an operator that leads and has never worked", () => {
  test("are there for every foreseeable answer of the API server", async () => {
    const { text } = await get("/metrics");
    const requests = parseSamples(text).filter(({ name }) => name === "rest_client_requests_total");
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      const codes = requests.filter(({ labels }) => labels["method"] === method).map(({ labels }) => labels["code"]);
      expect(codes).toEqual(expect.arrayContaining(["401", "403", "404", "429", "500", "503", "<error>"]));
    }
    expect(await operator.metric('controller_runtime_reconcile_total{result="error"}')).toBe(0);
    expect(await operator.metric('leader_election_master_status{name="profile-platform-operator"}')).toBe(1);
    expect(await operator.metric('workqueue_depth{priority="-100"}')).toBe(0);
    expect(await operator.metric("reflector_silent_seconds")).toBeLessThan(600);
  });

  test("say nothing of platforms", async () => {
    expect(await ofPlatforms()).toEqual([]);
  });
});

describe("metrics of an operator with a platform", () => {
  beforeAll(async () => {
    await bench.kubectl.apply(platformManifest("measured", {}));
    await waitApplied(bench.api, "measured");
  });

  test("are exactly those that docs/metrics.md lists, with their types and labels", async () => {
    const { scraped, documented } = compareWithDocumented((await get("/metrics")).text);
    expect(scraped).toEqual(documented);
  });

  test("are all explained", () => {
    expect([...documentedFamilies().values()].filter(({ meaning }) => meaning.trim().length < 3)).toEqual([]);
  });

  test("say what status says", async () => {
    const of = (series: string) => operator.metric(series.replace("{", '{platform="measured",'));
    expect(await of("profileplatform_components{}")).toBe(6);
    expect(await of("profileplatform_components_ready{}")).toBe(0);
    expect(await of("profileplatform_ready{}")).toBe(0);
    expect(await of('profileplatform_component_ready{layer="data-layer",component="postgresql"}')).toBe(0);
    expect(await of('profileplatform_layer_ready{layer="server-layer"}')).toBe(0);
    expect(await of('profileplatform_condition{type="Reconciling"}')).toBe(1);
    expect(await of('profileplatform_condition{type="Stalled"}')).toBe(0);
    expect(await of("profileplatform_since_applied_seconds{}")).toBeLessThan(120);
    expect(await operator.metric("controller_runtime_reconcile_total")).toBeGreaterThan(0);
    expect(await operator.metric("controller_runtime_reconcile_panics_total")).toBe(0);
  });

  test("hold no credential", async () => {
    const { text } = await get("/metrics");
    const secrets = await bench.kubectl.list("secrets", "profileplatform.io/platform=measured");
    const values = secrets.flatMap(({ data = {} }) => Object.values(data as Record<string, string>));
    expect(values.length).toBeGreaterThan(3);
    const leaked = values.map((value) => Buffer.from(value, "base64").toString()).filter((value) => value.length > 8);
    for (const value of leaked) expect(text.includes(value)).toBe(false);
  });

  test("of a replica that stands by are there, but for those of platforms, and it is ready", async () => {
    const standby = await bench.launchOperator();
    await eventually(async () => ((await get("/readyz", standby)).status === 200 ? true : undefined), {
      what: "the replica is ready",
      timeoutMs: 60_000,
    });
    expect((await get("/healthz", standby)).status).toBe(200);
    expect(await standby.metric('leader_election_master_status{name="profile-platform-operator"}')).toBe(0);
    expect(await ofPlatforms(standby)).toEqual([]);
    expect(await standby.stop()).toBe(0);
  });

  test("forget the platform when it is deleted", async () => {
    expect((await ofPlatforms()).length).toBeGreaterThan(10);
    await bench.kubectl.run(["delete", "profileplatform", "measured", "--wait=false"]);
    await eventually(async () => ((await ofPlatforms()).length === 0 ? true : undefined), {
      what: "no series of the platform is left",
      timeoutMs: 30_000,
    });
  });
});

test("/healthz tells each check", async () => {
  expect(await get("/healthz")).toEqual({
    status: 200,
    text: "[+] ping ok\n[+] workers ok\n[+] reflectors ok\n[+] lease ok\nok\n",
  });
  expect(await get("/readyz")).toEqual({ status: 200, text: "[+] cache ok\nok\n" });
});
