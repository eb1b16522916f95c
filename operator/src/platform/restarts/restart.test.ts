import { describe, expect, test } from "vitest";
import { maxConnections } from "../../components/data-layer/postgresql/connections.ts";
import type { Credentials, PlatformModel } from "../../components/model.ts";
import { makeSigningKey } from "../../components/server-layer/auth/signing-key.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { plan } from "../plan/plan.ts";
import { CREDENTIALS, modelOfSpec, SIGNING_KEY } from "../testing.ts";
import { restartCauses, restorationCauses } from "./restart.ts";

/** Workloads whose pods restart when a platform changes from one model to another, with the causes. */
function restarts(before: PlatformModel, after: PlatformModel): Readonly<Record<string, readonly string[]>> {
  const workloads = (model: PlatformModel): readonly KubernetesObject[] =>
    plan(model)
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment");
  const former = new Map(workloads(before).map((object) => [objectId(object), object]));
  const entries = workloads(after).map((object) => {
    const found = former.get(objectId(object));
    return [objectId(object), found === undefined ? [] : restartCauses(found, object)] as const;
  });
  return Object.fromEntries(entries.filter(([, causes]) => causes.length > 0));
}

const MODEL = modelOfSpec();
const withContent = (name: keyof Credentials): PlatformModel => ({
  ...MODEL,
  credentials: { ...CREDENTIALS, [name]: { ...CREDENTIALS[name], contentId: "made-anew" } },
});

describe("a change of the platform restarts exactly the pods that it concerns", () => {
  test("none of itself", () => {
    expect(restarts(MODEL, modelOfSpec())).toEqual({});
  });

  test("none for another number of pods, an autoscaler, or another address", () => {
    const server = { replicas: 7, exposure: { type: "NodePort" }, autoscaling: { minReplicas: 2, maxReplicas: 9 } };
    expect(restarts(MODEL, modelOfSpec({ server, worker: { replicas: 3 } }))).toEqual({});
  });

  test("of the first replicas of PostgreSQL: the servers, which read listings from them; of more, none", () => {
    const instances = (number: number) => modelOfSpec({ postgresql: { instances: number } });
    expect(restarts(MODEL, instances(3))).toEqual({
      "Deployment server-layer/server": ["the content of ConfigMap server changed"],
    });
    expect(restarts(instances(3), instances(5))).toEqual({});
  });

  test("of a ConfigMap: those that read it", () => {
    expect(restarts(MODEL, modelOfSpec({ server: { cache: { maxEntries: 77 } } }))).toEqual({
      "Deployment server-layer/server": ["the content of ConfigMap server changed"],
      "Deployment server-layer/worker": ["the content of ConfigMap worker changed"],
    });
    expect(restarts(MODEL, modelOfSpec({ worker: { concurrency: 77 } }))).toEqual({
      "Deployment server-layer/worker": ["the content of ConfigMap worker changed"],
    });
  });

  test("of settings: of server and worker where both read them", () => {
    const changed = (name: string) => [`the content of ConfigMap ${name} changed`];
    expect(restarts(MODEL, modelOfSpec({ server: { circuitBreakers: { failures: 7 } } }))).toEqual({
      "Deployment server-layer/server": changed("server"),
      "Deployment server-layer/worker": changed("worker"),
    });
    expect(restarts(MODEL, modelOfSpec({ server: { tasks: { retention: "24h" } } }))).toEqual({
      "Deployment server-layer/server": changed("server"),
    });
    expect(restarts(MODEL, modelOfSpec({ server: { database: { poolSize: 4 } } }))).toEqual({
      "Deployment server-layer/server": changed("server"),
    });
    expect(restarts(MODEL, modelOfSpec({ worker: { database: { poolSize: 4 } } }))).toEqual({
      "Deployment server-layer/worker": changed("worker"),
    });
    expect(restarts(MODEL, modelOfSpec({ worker: { database: { poolSize: 10 } } }))).toEqual({});
    expect(restarts(MODEL, modelOfSpec({ server: { tasks: { retention: "720h" }, trustedProxyHops: 0 } }))).toEqual({});
  });

  test("of more connections for a database that exists: nobody", () => {
    const ample = { resources: { requests: { cpu: "1", memory: "64Gi" }, limits: { cpu: "1", memory: "64Gi" } } };
    const [few, many] = [10, 90].map((replicas) => modelOfSpec({ server: { replicas }, postgresql: ample }));
    if (few === undefined || many === undefined) throw new Error("unreachable");
    expect(maxConnections(many)).toBeGreaterThan(maxConnections(few));
    expect(restarts(few, many)).toEqual({});
  });

  test("of traces: those that record them, and nobody for a field that is at its default", () => {
    const traced = (more = {}) =>
      modelOfSpec({ observability: { tracing: { endpoint: "http://otel:4318", ...more } } });
    const both = {
      "Deployment server-layer/server": ["the content of ConfigMap server changed"],
      "Deployment server-layer/worker": ["the content of ConfigMap worker changed"],
    };
    expect(restarts(MODEL, modelOfSpec({ observability: {} }))).toEqual({});
    expect(restarts(MODEL, traced())).toEqual(both);
    expect(restarts(traced(), traced({ batchSize: 256 }))).toEqual(both);
    expect(restarts(traced(), traced({ batchSize: 512, sampling: { parentBased: true } }))).toEqual({});
  });

  test("none for a signing key that comes or goes: servers look at the file again", () => {
    const { auth } = MODEL;
    const next = { ...MODEL, auth: { ...auth, signingKeys: [SIGNING_KEY, makeSigningKey()] } } as PlatformModel;
    expect(restarts(MODEL, next)).toEqual({});
    expect(restarts(MODEL, modelOfSpec({ auth: { embedded: { maxTokenLifetime: "1h" } } }))).toEqual({});
  });

  test("of the issuer: the servers", () => {
    const oidc = { issuerURL: "https://id.example.com", caConfigMap: "company-ca" };
    expect(restarts(MODEL, modelOfSpec({ auth: { oidc } }))["Deployment server-layer/server"]?.[0]).toBe(
      "the content of ConfigMap server changed",
    );
    expect(Object.keys(restarts(MODEL, modelOfSpec({ auth: { oidc } })))).toEqual(["Deployment server-layer/server"]);
    const other = { ...oidc, audience: "other" };
    expect(restarts(modelOfSpec({ auth: { oidc } }), modelOfSpec({ auth: { oidc: other } }))).toEqual({
      "Deployment server-layer/server": ["the content of ConfigMap server changed"],
    });
  });

  test.each(["postgresql", "redis", "rabbitmq"] as const)("of the Secret of %s: those that read it", (name) => {
    const cause = [`the content of Secret ${name}-credentials changed`];
    expect(restarts(MODEL, withContent(name))).toEqual({
      [`StatefulSet data-layer/${name}`]: cause,
      "Deployment server-layer/server": cause,
      "Deployment server-layer/worker": cause,
    });
  });

  test("of an image: those that run it", () => {
    const { runtime } = MODEL.images;
    const after = { ...MODEL, images: { ...MODEL.images, runtime: "registry.example/runtime:2" } };
    const cause = (container: string) => [
      `the image of container ${container} changed from ${runtime} to registry.example/runtime:2`,
    ];
    expect(restarts(MODEL, after)).toEqual({
      "Deployment server-layer/server": cause("server"),
      "Deployment server-layer/worker": cause("worker"),
    });
  });

  test("of pod settings: by the paths of the fields", () => {
    const { requests, limits } = MODEL.worker.resources;
    const resources = { requests: { ...requests, memory: "300Mi" }, limits: { ...limits, memory: "600Mi" } };
    expect(restarts(MODEL, modelOfSpec({ worker: { resources } }))).toEqual({
      "Deployment server-layer/worker": [
        "pod settings changed: spec.containers[0].resources.requests.memory, spec.containers[0].resources.limits.memory",
      ],
    });
  });
});

describe("what is told of a template", () => {
  const workload = (template: unknown): KubernetesObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "a" },
    spec: { template },
  });

  test("never is a value", () => {
    const env = (value: string) => workload({ spec: { containers: [{ name: "a", env: [{ name: "A", value }] }] } });
    expect(restartCauses(env("before"), env("hidden"))).toEqual([
      "pod settings changed: spec.containers[0].env[0].value",
    ]);
  });

  test("stays short", () => {
    const labels = (value: string) =>
      Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((key) => [key, value]));
    const causes = restartCauses(
      workload({ metadata: { labels: labels("1") } }),
      workload({ metadata: { labels: labels("2") } }),
    );
    expect(causes).toEqual([
      "pod settings changed: metadata.labels.a, metadata.labels.b, metadata.labels.c, metadata.labels.d, metadata.labels.e and 2 more",
    ]);
  });

  test("names every Secret where the ids do not tell which", () => {
    const of = (id: string) =>
      workload({
        metadata: { annotations: { "profileplatform.io/content-id": id } },
        spec: { containers: [{ name: "a", envFrom: [{ secretRef: { name: "x" } }, { secretRef: { name: "y" } }] }] },
      });
    expect(restartCauses(of("1.2"), of("1.3"))).toEqual(["the content of Secret y changed"]);
    expect(restartCauses(of("1"), of("1.3"))).toEqual(["the content of Secret x, y changed"]);
  });
});

test("what was put back in a pod template is told, and nothing else", () => {
  const paths = ["spec.replicas", "spec.template.spec.nodeSelector", "metadata.labels.a"];
  expect(restorationCauses(paths)).toEqual(["its pod template was changed by hand and put back: spec.nodeSelector"]);
  expect(restorationCauses(["spec.replicas"])).toEqual([]);
});
