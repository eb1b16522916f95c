import { afterAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { children, objectKey, platformManifest, waitReady } from "../support/platform.ts";
import { ProfileApi } from "../support/profile-api.ts";
import { holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const OPERATOR = ["-n", "profile-platform-system", "-l", "app.kubernetes.io/name=profile-platform-operator"] as const;
const NAME = "interrupted";

holdDemo();

describe("the operator is killed in the middle of a first apply", () => {
  afterAll(async () => {
    await kubectl.run(["delete", "profileplatform", NAME, "--ignore-not-found"]);
  });

  test("and the platform becomes Ready all the same, with credentials that were made once", async () => {
    await kubectl.apply(
      platformManifest(NAME, {
        namespacePrefix: `${NAME}-`,
        deletionPolicy: "Delete",
        server: { replicas: 1, exposure: { type: "NodePort" } },
      }),
    );
    // The middle: the first credentials are there, the services are not.
    const secret = await eventually(() => kubectl.get("secret", "postgresql-credentials", `${NAME}-data-layer`), {
      what: "the first credentials are made",
      timeoutMs: 30_000,
      everyMs: 20,
    });
    await kubectl.run(["delete", "pods", ...OPERATOR, "--grace-period=0", "--force"]);
    expect((await children(kubectl, NAME)).map(objectKey)).not.toContain(`Deployment ${NAME}-server-layer/server`);

    const seconds = await waitReady(kubectl, NAME);
    console.log(`Ready ${seconds} s after the operator was killed`);
    const after = await kubectl.get("secret", "postgresql-credentials", `${NAME}-data-layer`);
    expect(after?.metadata.uid).toBe(secret.metadata.uid);
    const api = await ProfileApi.throughNodePort(kubectl, `${NAME}-server-layer`);
    expect((await api.create({ name: "Alan Turing", email: `alan-${Date.now()}@example.com` })).status).toBe(201);
  });
});
