import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { eventually } from "../../support/eventually.ts";
import type { Kubectl } from "../../support/kubectl.ts";

/** The pods of one component of a platform. */
export class ComponentPods {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  readonly #selector: string;

  constructor(kubectl: Kubectl, namespace: string, selector: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.#selector = selector;
  }

  list(): Promise<readonly KubernetesObject[]> {
    return this.#kubectl.list("pods", this.#selector);
  }

  async named(name: string): Promise<KubernetesObject> {
    const pod = (await this.list()).find(({ metadata }) => metadata.name === name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  }

  /** Kills some, and waits until they are gone; others may have their names by then. */
  async kill(...pods: readonly KubernetesObject[]): Promise<void> {
    const names = pods.map(({ metadata }) => metadata.name);
    await this.#kubectl.killPods(...names, "-n", this.#namespace);
    const uids = new Set(pods.map(({ metadata }) => metadata.uid));
    await eventually(async () => (await this.list()).every(({ metadata }) => !uids.has(metadata.uid)) || undefined, {
      what: `${names.join(", ")} gone`,
      timeoutMs: 60_000,
    });
  }
}
