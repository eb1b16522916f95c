import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { DirectApi } from "./direct-api.ts";

/** Objects of others that live in a platform's namespace: one plain, one that carries the platform's labels by mistake. */
export class ForeignObjects {
  readonly #api: DirectApi;
  readonly #namespace: string;
  readonly #versions = new Map<string, string>();
  #edits = 0;

  constructor(api: DirectApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  async create(platform: string): Promise<void> {
    const labels = {
      "app.kubernetes.io/managed-by": "profile-platform-operator",
      "profileplatform.io/platform": platform,
    };
    for (const metadata of [{ name: "theirs" }, { name: "theirs-labelled", labels }]) {
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { edits: "0" } };
      this.#remember(await this.#api.request({ method: "POST", path: this.#path(), body }));
    }
  }

  /** A change by their owner. */
  async edit(): Promise<void> {
    this.#edits += 1;
    for (const name of this.#versions.keys()) {
      const body = { data: { edits: String(this.#edits) } };
      const contentType = "application/merge-patch+json";
      this.#remember(await this.#api.request({ method: "PATCH", path: `${this.#path()}/${name}`, body, contentType }));
    }
  }

  /** Names of those that somebody else has touched. */
  async touched(): Promise<readonly string[]> {
    const found = await Promise.all(
      [...this.#versions].map(async ([name, version]) => {
        const now = await this.#api.find(`${this.#path()}/${name}`);
        return now?.metadata.resourceVersion === version ? [] : [`ConfigMap ${this.#namespace}/${name}`];
      }),
    );
    return found.flat();
  }

  #path(): string {
    return `/api/v1/namespaces/${this.#namespace}/configmaps`;
  }

  #remember({ metadata: { name, resourceVersion = "" } }: KubernetesObject): void {
    this.#versions.set(name, resourceVersion);
  }
}
