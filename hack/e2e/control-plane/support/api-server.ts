import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProfilePlatform } from "@profile-platform/crds";
import { platformBackupDefinition, profilePlatformDefinition } from "@profile-platform/crds/crd";
import { startControlPlane } from "../../../cluster/index.ts";
import { eventually } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { keepLogs } from "./kept-logs.ts";
import { DEFINITIONS } from "./samples.ts";

/** A kube-apiserver with its etcd and controllers: no nodes, no operator. */
export interface ApiServer {
  readonly kubectl: Kubectl;
  /** Installs the generated definitions and waits until their objects can be created. */
  installDefinition(): Promise<void>;
  /** Every ProfilePlatform in the store, as it is. */
  platforms(): Promise<readonly ProfilePlatform[]>;
  stop(): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-control-plane-"));
  const controlPlane = await startControlPlane({ dir });
  const kubectl = new Kubectl(controlPlane.kubeconfigPath);
  return {
    kubectl,
    async installDefinition() {
      await kubectl.run(["create", ...DEFINITIONS.flatMap((file) => ["-f", file])]);
      for (const { metadata, spec } of [profilePlatformDefinition, platformBackupDefinition]) {
        // "kubectl wait" fails on an object that has no conditions at all yet.
        await eventually(
          async () => (await kubectl.try(["get", spec.names.plural, "-o", "name"])).code === 0 || undefined,
          { what: `${metadata.name} is served`, timeoutMs: 30_000 },
        );
      }
    },
    async platforms() {
      const text = await kubectl.run(["get", "profileplatforms", "-o", "json"]);
      return (JSON.parse(text) as { items: ProfilePlatform[] }).items;
    },
    async stop() {
      await controlPlane.stop();
      await keepLogs(dir);
      await rm(dir, { recursive: true });
    },
  };
}
