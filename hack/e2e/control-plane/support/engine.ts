import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { objectPath, ResourceTypes } from "@profile-platform/operator/engine/client/resource-type";
import { createLogger } from "@profile-platform/operator/engine/kit/log";
import { Metrics } from "@profile-platform/operator/engine/metrics/metrics";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { startControlPlane } from "../../../cluster/index.ts";
import { RESOURCE_TYPES } from "./resource-types.ts";

export const types = new ResourceTypes(RESOURCE_TYPES);

/** An API server to test the engine's parts against. */
export interface EngineServer {
  readonly kubeconfigPath: string;
  readonly client: ApiClient;
  readonly metrics: Metrics;
  /** Method and status of each request through `client` since the last call. */
  takeRequests(): readonly string[];
  /** A namespace that nothing else uses. */
  makeNamespace(): Promise<string>;
  /** Any object of the types above, as the API server has it; undefined if it is not there. */
  read(object: KubernetesObject): Promise<KubernetesObject | undefined>;
  create(object: KubernetesObject): Promise<KubernetesObject>;
  /** A merge patch, as somebody else would make. */
  edit(object: KubernetesObject, patch: unknown): Promise<KubernetesObject>;
  remove(object: KubernetesObject): Promise<void>;
  stop(): Promise<void>;
}

export const silent = createLogger("error");

export async function startEngineServer(): Promise<EngineServer> {
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-engine-"));
  const controlPlane = await startControlPlane({ dir });
  const { kubeconfigPath } = controlPlane;
  let requests: string[] = [];
  const onRequest = (code: string, method: string): number => requests.push(`${method} ${code}`);
  const client = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "engine-test", onRequest });
  // The test's own requests must not be mistaken for the engine's.
  const own = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "somebody-else" });
  const path = (object: KubernetesObject): string => objectPath(types.of(object), object);
  const create = (object: KubernetesObject): Promise<KubernetesObject> =>
    own.request({ method: "POST", path: path(object).replace(/\/[^/]+$/, ""), body: object });
  return {
    kubeconfigPath,
    client,
    metrics: new Metrics(),
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    makeNamespace: async () => {
      const name = `engine-${randomBytes(4).toString("hex")}`;
      await create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    read: async (object) => {
      try {
        return await own.request({ method: "GET", path: path(object) });
      } catch (error) {
        if ((error as { status?: number }).status === 404) {
          return undefined;
        }
        throw error;
      }
    },
    create,
    edit: (object, body) =>
      own.request({ method: "PATCH", path: path(object), body, contentType: "application/merge-patch+json" }),
    remove: async (object) => {
      await own.request({ method: "DELETE", path: path(object) });
    },
    stop: async () => {
      client.close();
      own.close();
      await controlPlane.stop();
      await rm(dir, { recursive: true });
    },
  };
}
