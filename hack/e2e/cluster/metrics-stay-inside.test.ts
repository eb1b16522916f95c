import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Kubectl } from "../support/kubectl.ts";
import { ownedBy, waitReady } from "../support/platform.ts";
import { ProfileApi } from "../support/profile-api.ts";
import { DIAL, runtimeImage, strangerPod } from "../support/stranger.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const METRICS_PORTS = { server: "9090", worker: "9091" } as const;
const COMPONENTS = ["server", "worker"] as const;
type Name = (typeof COMPONENTS)[number];

/** Prints the status and the beginning of an answer, from inside a pod. */
const FETCH = `
fetch(process.argv[1], { signal: AbortSignal.timeout(5000) })
  .then(async (answer) => console.log(answer.status, await answer.text()))
  .catch((error) => console.log(error.cause?.code ?? error.name));
`;

/** Pods that scrape, or would like to, by the namespace that each is in. */
const SCRAPERS = { "observability-layer": "scraper", "outsider-of-metrics": "stranger" } as const;

holdDemo();

describe("metrics are had inside the cluster alone, by the layer that scrapes", () => {
  let addresses: Readonly<Record<Name, string>>;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    addresses = { server: await addressOf("server"), worker: await addressOf("worker") };
    const image = await runtimeImage(kubectl);
    for (const [namespace, name] of Object.entries(SCRAPERS)) {
      await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      await kubectl.apply(strangerPod({ name, namespace }, image));
    }
    for (const [namespace, name] of Object.entries(SCRAPERS)) {
      await kubectl.run(["wait", `pod/${name}`, "-n", namespace, "--for=condition=Ready", "--timeout=60s"]);
    }
  });

  afterAll(async () => {
    await kubectl.run(["delete", "namespace", ...Object.keys(SCRAPERS), "--ignore-not-found", "--wait=false"]);
  });

  test("the NodePort knows no metrics, and is the only one", async () => {
    const api = await ProfileApi.throughNodePort(kubectl);
    const answer = await fetch(`${api.baseUrl}/metrics`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json; charset=utf-8",
    ]);
    expect(await answer.json()).toMatchObject({ type: "urn:profile-platform:problem:not-found" });
    expect((await fetch(`${api.baseUrl}/health`)).status).toBe(200);

    const services = await kubectl.list("services", ownedBy("demo"));
    const ports = services.flatMap(({ metadata, ...service }) => {
      // Patroni's own Service, in which it keeps what it knows, has none.
      const { spec } = service as unknown as { spec: { ports?: { name: string; nodePort?: number }[] } };
      const open = (spec.ports ?? []).filter(({ name, nodePort }) => nodePort !== undefined || name === "metrics");
      return open.map(({ name }) => `${metadata.name} ${name}`);
    });
    expect(ports).toEqual(["server http"]);
  });

  test.each(COMPONENTS)("what scrapes in the namespace of its layer reads those of %s", async (component) => {
    const answer = await inside(
      "observability-layer",
      FETCH,
      `http://${addresses[component]}:${METRICS_PORTS[component]}/metrics`,
    );
    expect(answer).toMatch(/^200 # HELP /);
    expect(answer).toMatch(/^dependency_up\{dependency="postgresql"\} 1$/m);
  });

  test("it reaches no other port of the worker", async () => {
    expect(await inside("observability-layer", DIAL, addresses.worker, "8081")).toBe("blocked");
  });

  test.each(COMPONENTS)("another namespace does not reach those of %s", async (component) => {
    expect(await inside("outsider-of-metrics", DIAL, addresses[component], METRICS_PORTS[component])).toBe("blocked");
  });

  test("a service of the platform does not reach those of another", async () => {
    const dial = await kubectl.run([
      "exec", "-n", "server-layer", "deployment/worker", "--", "node", "-e", DIAL, addresses.server, METRICS_PORTS.server,
    ]); // biome-ignore format: one call
    expect(dial.trim()).toBe("blocked");
  });
});

async function addressOf(component: Name): Promise<string> {
  const pods = await kubectl.list("pods", `${ownedBy("demo")},profileplatform.io/component=${component}`);
  const ready = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [{ status } = {}] = ready as unknown as readonly { status?: { podIP?: string } }[];
  if (status?.podIP === undefined) throw new Error(`there is no pod of ${component} with an address`);
  return status.podIP;
}

async function inside(namespace: keyof typeof SCRAPERS, script: string, ...args: readonly string[]): Promise<string> {
  const result = await kubectl.run(["exec", "-n", namespace, SCRAPERS[namespace], "--", "node", "-e", script, ...args]);
  return result.trim();
}
