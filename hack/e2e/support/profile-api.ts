import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { eventually } from "./eventually.ts";
import type { Kubectl } from "./kubectl.ts";
import { platformTokens, type TokenSource } from "./token.ts";

export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface ProfileResponse {
  readonly profile: Profile;
  readonly source: "cache" | "database";
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The profile API of a running platform, over HTTP from outside the cluster. */
export class ProfileApi {
  readonly baseUrl: string;
  readonly #token: TokenSource;

  constructor(baseUrl: string, token: TokenSource) {
    this.baseUrl = baseUrl;
    this.#token = token;
  }

  /** By the NodePort of its Service, on the first node, with tokens of its embedded issuer. */
  static async throughNodePort(kubectl: Kubectl, namespace = "server-layer"): Promise<ProfileApi> {
    const service = await kubectl.get("service", "server", namespace);
    const port = (service as { spec?: { ports?: readonly { nodePort?: number }[] } } | undefined)?.spec?.ports?.[0]
      ?.nodePort;
    if (port === undefined) throw new Error(`Service ${namespace}/server has no NodePort: set server.exposure.type`);
    const nodes = JSON.parse(await kubectl.run(["get", "nodes", "-o", "json"])) as { items: KubernetesObject[] };
    const addresses = (nodes.items[0] as { status?: { addresses?: { type: string; address: string }[] } } | undefined)
      ?.status?.addresses;
    const address = addresses?.find((one) => one.type === "InternalIP")?.address;
    if (address === undefined) throw new Error("the first node has no InternalIP");
    const api = new ProfileApi(
      `http://${address}:${port}`,
      platformTokens({ kubeconfig: kubectl.kubeconfig, namespace }),
    );
    // Nodes open a new port a moment after the Service has it.
    await eventually(async () => (await fetch(`${api.baseUrl}/health`)).ok || undefined, {
      what: `${api.baseUrl} answers`,
      timeoutMs: 15_000,
    });
    return api;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(this.baseUrl + path, {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: {
        authorization: `Bearer ${await this.#token()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as T };
  }

  create(profile: Omit<Profile, "id">): Promise<Answer<ProfileResponse>> {
    return this.call("POST", "/api/v1/profiles", profile);
  }

  read(id: string): Promise<Answer<ProfileResponse>> {
    return this.call("GET", `/api/v1/profiles/${id}`);
  }
}
