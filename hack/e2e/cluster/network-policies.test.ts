import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Kubectl } from "../support/kubectl.ts";
import { waitReady } from "../support/platform.ts";
import { DIAL, runtimeImage, strangerPod } from "../support/stranger.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

holdDemo();

describe("network policies allow the declared flows and nothing else", () => {
  let image: string;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    image = await runtimeImage(kubectl);
    await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "outsider" } });
  });

  afterAll(async () => {
    await kubectl.run(["delete", "namespace", "outsider", "--ignore-not-found", "--wait=false"]);
    await kubectl.run([
      "delete", "pod", "stranger-inside", "stranger-in-disguise", "-n", "server-layer", "--ignore-not-found", "--wait=false",
    ]); // biome-ignore format: one call
  });

  test.concurrent.each([
    ["server", "postgresql.data-layer.svc.cluster.local", "5432", "open"],
    ["server", "redis.data-layer.svc.cluster.local", "6379", "open"],
    ["server", "rabbitmq.data-layer.svc.cluster.local", "5672", "open"],
    ["worker", "postgresql.data-layer.svc.cluster.local", "5432", "open"],
    ["server", "rabbitmq.data-layer.svc.cluster.local", "15672", "blocked"],
    ["worker", "server.server-layer.svc.cluster.local", "8080", "blocked"],
    ["server", "kubernetes.default.svc.cluster.local", "443", "blocked"],
  ])("%s → %s:%s is %s", async (component, host, port, expected) => {
    const result = await kubectl.run([
      "exec", "-n", "server-layer", `deployment/${component}`, "--", "node", "-e", DIAL, host, port,
    ]); // biome-ignore format: one call
    expect(result.trim()).toBe(expected);
  });

  test.concurrent.each([
    ["stranger-outside", "outsider", {}],
    ["stranger-inside", "server-layer", {}],
    ["stranger-in-disguise", "server-layer", { "app.kubernetes.io/name": "server" }],
  ])("%s in namespace %s with labels %o reaches no database", async (name, namespace, labels) => {
    const at = ["-n", namespace];
    await kubectl.run(["delete", "pod", name, ...at, "--ignore-not-found"]);
    await kubectl.apply(strangerPod({ name, namespace, labels }, image));
    await kubectl.run(["wait", `pod/${name}`, ...at, "--for=condition=Ready", "--timeout=60s"]);
    const result = await kubectl.run([
      "exec", ...at, name, "--", "node", "-e", DIAL, "postgresql.data-layer.svc.cluster.local", "5432",
    ]); // biome-ignore format: one call
    // Without DNS (the default-deny of a layer) the name does not even resolve.
    expect(["blocked", "EAI_AGAIN", "ENOTFOUND"]).toContain(result.trim());
    await kubectl.run(["delete", "pod", name, ...at, "--grace-period=0", "--force"]);
  });
});
