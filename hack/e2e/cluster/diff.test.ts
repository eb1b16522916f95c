import { beforeAll, describe, expect, inject, test } from "vitest";
import { Kubectl } from "../support/kubectl.ts";
import { platformManifest, waitReady } from "../support/platform.ts";
import { type CommandResult, runToEnd } from "../support/run-to-end.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

holdDemo();

describe("profileplatform diff, beside a platform that is Ready", () => {
  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
  });

  const diff = (manifest: unknown): Promise<CommandResult> =>
    runToEnd("operator/bin/profileplatform", ["diff", "-f", "-"], {
      input: JSON.stringify(manifest),
      env: { KUBECONFIG: kubectl.kubeconfig },
    });

  test("finds nothing in the manifest that was applied", async () => {
    expect(await diff(DEMO)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("names what another manifest would change, and writes nothing", async () => {
    const versions = () => kubectl.run(["get", "profileplatform,deployment,statefulset,job", "-A", "-o", VERSIONS]);
    const before = await versions();
    const { code, stdout } = await diff(
      platformManifest("demo", { server: { exposure: { type: "NodePort" } }, worker: { replicas: 2 } }),
    );
    expect({ code, lines: stdout.trimEnd().split("\n") }).toEqual({
      code: 1,
      lines: [
        "~ ProfilePlatform demo",
        "    spec.worker.replicas: 1 → 2",
        "~ ResourceQuota server-layer/layer",
        '    spec.hard["limits.cpu"]: "6" → "7"',
        '    spec.hard["limits.memory"]: "6Gi" → "7Gi"',
        '    spec.hard.pods: "12" → "14"',
        '    spec.hard["requests.cpu"]: "2400m" → "2800m"',
        '    spec.hard["requests.memory"]: "3Gi" → "3584Mi"',
        "~ Deployment server-layer/worker",
        "    spec.replicas: 1 → 2",
        "+ PodDisruptionBudget server-layer/worker",
      ],
    });
    expect(await versions()).toBe(before);
  });
});

const VERSIONS = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{'\\n'}{end}";
