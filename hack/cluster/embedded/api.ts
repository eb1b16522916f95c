import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";

export interface ApiEndpoint {
  /** Such as https://10.250.0.11:6443. */
  readonly server: string;
  /** Folder with ca.crt, admin.crt and admin.key. */
  readonly pki: string;
}

/** Asks the API server as the administrator and returns the status code and the body. */
export function get(endpoint: ApiEndpoint, path: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${endpoint.server}${path}`,
      {
        agent: false,
        timeout: 5_000,
        ca: readFileSync(join(endpoint.pki, "ca.crt")),
        cert: readFileSync(join(endpoint.pki, "admin.crt")),
        key: readFileSync(join(endpoint.pki, "admin.key")),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on("error", reject);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${endpoint.server} does not answer within 5 s`)));
    sent.on("error", reject);
    sent.end();
  });
}

/** As get, for JSON; throws on any status but 200. */
export async function getJson<T>(endpoint: ApiEndpoint, path: string): Promise<T> {
  const { status, body } = await get(endpoint, path);
  if (status !== 200) throw new Error(`GET ${path} answers ${status}: ${body.slice(0, 200)}`);
  return JSON.parse(body) as T;
}

export interface Applier {
  /** Server-side apply, as the owner of every field given. */
  apply(object: KubernetesObject): Promise<void>;
}

export async function createApplier(kubeconfig: string): Promise<Applier> {
  // Loaded here because it takes a second, and most commands do without.
  const { KubeConfig, KubernetesObjectApi, PatchStrategy } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const client = KubernetesObjectApi.makeApiClient(config);
  return {
    async apply(object) {
      try {
        await client.patch(object, undefined, undefined, "local-cluster", true, PatchStrategy.ServerSideApply);
      } catch (cause) {
        throw new Error(`while applying ${object.kind} ${object.metadata?.name}`, { cause });
      }
    },
  };
}
