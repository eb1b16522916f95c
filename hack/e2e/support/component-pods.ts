import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { isPodReady } from "@profile-platform/operator/pods";
import { eventually } from "./eventually.ts";
import type { Kubectl } from "./kubectl.ts";

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

  /** Waits until there are so many, and all are ready. */
  async untilReady(count: number): Promise<void> {
    await eventually(
      async () => {
        const ready = (await this.list()).filter(isPodReady).length;
        if (ready === count) return true;
        throw new Error(`${ready} are ready`);
      },
      { what: `${count} pods of ${this.#selector} are ready`, timeoutMs: 300_000 },
    );
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
