import type { ObjectMeta } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Kubectl } from "../support/kubectl.ts";
import { ownedBy, waitReady } from "../support/platform.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

/** Opens a TCP connection from inside a pod, by the Node.js that the pod has: `open`, or why not. */
const DIAL = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), timeout: 3000 });
const end = (word) => { console.log(word); process.exit(0); };
socket.on("connect", () => end("open")).on("timeout", () => end("blocked")).on("error", (error) => end(error.code));
`;

holdDemo();

describe("network policies allow the declared flows and nothing else", () => {
  let image: string;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    const [server] = await kubectl.list("deployments", `${ownedBy("demo")},profileplatform.io/component=server`);
    const spec = (server as { spec?: { template: { spec: { containers: { image: string }[] } } } } | undefined)?.spec;
    image = String(spec?.template.spec.containers[0]?.image);
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

function strangerPod(metadata: ObjectMeta, image: string): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "stranger",
          image,
          command: ["node", "-e", "setInterval(() => {}, 1000)"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
        },
      ],
    },
  };
}
