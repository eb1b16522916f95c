import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO } from "../../cluster/demo-platform.ts";
import { compareWithDocumented, documentedQueries } from "../../support/documented-metrics.ts";
import { eventually } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { waitReady } from "../../support/platform.ts";
import { forwardedUrl } from "../../support/port-forward.ts";
import { Prometheus } from "../../support/prometheus.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAMESPACE = "metrics-test";
const OPERATOR = {
  kubeconfig: kubectl.kubeconfig,
  namespace: "profile-platform-system",
  resource: "deployment/profile-platform-operator",
};
const PROFILING_PORT = 6060;
const DEMO_SERVERS = 3;
const DEMO_WORKERS = 1;

let prometheus: Prometheus;

beforeAll(async () => {
  const { prometheus: image } = inject("images");
  if (image === undefined) throw new Error('PROFILE_PLATFORM_IMAGES names no image "prometheus": build it and add it');
  const [started] = await Promise.all([
    Prometheus.start(kubectl, NAMESPACE, image),
    kubectl.apply(DEMO).then(() => waitReady(kubectl, "demo")),
  ]);
  prometheus = started;
});

afterAll(async () => {
  await (prometheus === undefined ? Prometheus.remove(kubectl, NAMESPACE) : prometheus.remove());
});

/** Address of a pod of the operator that is not about to go. */
async function operatorAddress(): Promise<string> {
  const pods = await kubectl.list("pods", "app.kubernetes.io/name=profile-platform-operator");
  const ready = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [{ status }] = ready as unknown as [{ status: { podIP: string } }];
  return status.podIP;
}

/** Waits until a PromQL expression gives one value that passes. */
function eventualValue(expression: string, passes: (value: number) => boolean): Promise<number> {
  return eventually(
    async () => {
      const result = await prometheus.query(expression);
      const [only] = result;
      if (result.length === 1 && only !== undefined && passes(only.value)) return only.value;
      throw new Error(`${expression} gives ${JSON.stringify(result)}`);
    },
    { what: `${expression} gives one value, the one expected`, timeoutMs: 60_000, everyMs: 500 },
  );
}

describe("a Prometheus that follows the annotations of pods", () => {
  test("finds the operator and scrapes it, and is kept from the services: it is not in the layer that scrapes", async () => {
    expect(await eventualValue("sum(up)", (value) => value === 1)).toBe(1);
    const services = DEMO_SERVERS + DEMO_WORKERS;
    expect(await eventualValue('count(up{namespace="server-layer"} == 0)', (value) => value === services)).toBe(
      services,
    );
    const targets = await prometheus.query("up == 1");
    expect(targets.map(({ metric }) => metric)).toEqual([
      expect.objectContaining({
        job: "kubernetes-pods",
        namespace: "profile-platform-system",
        pod: expect.stringMatching(/^profile-platform-operator-/),
      }),
    ]);
  });

  test.each([
    ["profileplatform_components_ready", 6],
    ["profileplatform_components", 6],
    ["profileplatform_ready", 1],
    ['min by (platform) (profileplatform_layer_ready{platform="demo"})', 1],
    ['profileplatform_condition{type="Applied"}', 1],
    ['profileplatform_condition{type="Stalled"}', 0],
  ])("reads of the platform that %s is %i", async (expression, value) => {
    const ofDemo = expression.includes("{") ? expression : `${expression}{platform="demo"}`;
    const one = ofDemo.includes("platform=") ? ofDemo : ofDemo.replace("{", '{platform="demo",');
    expect(await eventualValue(one, (found) => found === value)).toBe(value);
  });

  test("reads that one replica leads, and how many reconciles there were", async () => {
    const leads = 'sum(leader_election_master_status{name="profile-platform-operator"})';
    expect(await eventualValue(leads, (value) => value === 1)).toBe(1);
    const reconciles =
      'sum(controller_runtime_reconcile_total{controller="profileplatforms",result=~"success|requeue.*"})';
    expect(await eventualValue(reconciles, (value) => value > 0)).toBeGreaterThan(0);
    expect(await eventualValue("sum(controller_runtime_reconcile_panics_total)", () => true)).toBe(0);
  });

  test("computes quantiles of the reconcile time and rates of requests", async () => {
    let count = 0;
    const change = setInterval(() => {
      count += 1;
      void kubectl.try(["annotate", "profileplatform", "demo", `example.com/measured=${count}`, "--overwrite"]);
    }, 1000);
    try {
      const rate = "sum by (le) (rate(controller_runtime_reconcile_time_seconds_bucket[30s]))";
      const seconds = await eventualValue(`histogram_quantile(0.99, ${rate})`, Number.isFinite);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(60);
      await eventualValue('sum(rate(rest_client_requests_total{code="200",method="PUT"}[30s]))', (value) => value > 0);
      const since = await eventualValue('profileplatform_since_applied_seconds{platform="demo"}', (value) => value < 5);
      expect(since).toBeGreaterThanOrEqual(0);
    } finally {
      clearInterval(change);
    }
  });

  test.each(["metrics.md", "monitoring.md"] as const)("answers every question of docs/%s", async (page) => {
    const queries = documentedQueries(page);
    expect(queries.length).toBeGreaterThan(8);
    for (const query of queries) await prometheus.query(query);
  });
});

describe("the scraped text", () => {
  let text: string;

  beforeAll(async () => {
    const operator = await forwardedUrl(OPERATOR, 8080);
    try {
      text = await (await fetch(`${operator.url}/metrics`)).text();
    } finally {
      operator.close();
    }
  });

  test("has nothing that promtool finds wrong", async () => {
    const check = [
      "exec 3<>/dev/tcp/$1/8080",
      String.raw`printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3`,
      String.raw`sed '1,/^\r$/d' <&3 > /var/lib/prometheus/scraped`,
      "wc -l < /var/lib/prometheus/scraped",
      "promtool check metrics < /var/lib/prometheus/scraped",
    ];
    const { code, output } = await prometheus.exec(check.join("\n"), await operatorAddress());
    // The number of lines, for promtool is silent about what is right.
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^[1-9]\d{2,}\n$/) });
    const wrong = String.raw`printf '# TYPE a_total gauge\na_total 1\n' | promtool check metrics`;
    expect((await prometheus.exec(wrong)).output).toContain("a_total");
  });

  test("holds exactly what docs/metrics.md lists", () => {
    const { scraped, documented } = compareWithDocumented(text);
    expect(scraped).toEqual(documented);
  });
});

describe("profiles", () => {
  const setProfiling = async (assignment: string) => {
    const where = ["-n", OPERATOR.namespace];
    await kubectl.run(["set", "env", OPERATOR.resource, ...where, assignment]);
    await kubectl.run(["rollout", "status", OPERATOR.resource, ...where, "--timeout=120s"]);
  };

  beforeAll(() => setProfiling("PROFILING=true"));

  afterAll(() => setProfiling("PROFILING-"));

  test("are there for who may forward ports", async () => {
    const forwarded = await forwardedUrl(OPERATOR, PROFILING_PORT);
    try {
      const response = await fetch(`${forwarded.url}/debug/cpu-profile?seconds=1`);
      expect(response.status).toBe(200);
      expect(Object.keys((await response.json()) as object)).toEqual(
        expect.arrayContaining(["nodes", "startTime", "endTime", "samples", "timeDeltas"]),
      );
    } finally {
      forwarded.close();
    }
  });

  test("are not there for other pods, not even without the network policy", async () => {
    const address = await operatorAddress();
    const dial = `timeout 5 bash -c 'exec 3<>/dev/tcp/$0/$1 && echo open' "$@"`;
    const fromPrometheus = (port: number) => prometheus.exec(dial, address, String(port));
    expect(await fromPrometheus(8080)).toEqual({ code: 0, output: "open\n" });
    expect((await fromPrometheus(PROFILING_PORT)).output).not.toContain("open");
    // No policy stands between a pod and its own address: there, only the binding to loopback keeps others out.
    const fetchOwn = `fetch("http://${address}:${PROFILING_PORT}").catch((e) => console.log(e.cause.code))`;
    const own = await kubectl.run([
      "exec", "-n", OPERATOR.namespace, OPERATOR.resource, "--", "node", "-e", fetchOwn,
    ]); // biome-ignore format: one call
    expect(own.trim()).toBe("ECONNREFUSED");
  });
});
