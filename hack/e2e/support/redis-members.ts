import { ComponentPods } from "./component-pods.ts";
import { eventually } from "./eventually.ts";
import type { Kubectl } from "./kubectl.ts";
import { ownedBy } from "./platform.ts";

/** Redis with three replicas, of one platform. */
export class RedisMembers {
  readonly pods: ComponentPods;
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  readonly #selector: string;

  constructor(kubectl: Kubectl, platform: string, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.#selector = `${ownedBy(platform)},profileplatform.io/component=redis`;
    this.pods = new ComponentPods(kubectl, namespace, this.#selector);
  }

  /** What redis-cli says in a pod; it takes its password from its environment. */
  async ask(pod: string, ...command: readonly string[]): Promise<string> {
    const inside = ["exec", "-n", this.#namespace, pod, "-c", "redis", "--", "redis-cli", ...command];
    return (await this.#kubectl.run(inside)).trim();
  }

  /** Name of the pod that Sentinel calls the master, by its Service's address. */
  async master(): Promise<string> {
    const question = ["-p", "26379", "sentinel", "get-master-addr-by-name", "redis"];
    return eventually(
      async () => {
        for (const { metadata } of await this.pods.list()) {
          const told = await this.ask(metadata.name, ...question).catch(() => "");
          const services = await this.#kubectl.list("services", this.#selector);
          const found = services.find(({ spec }) => (spec as { clusterIP?: string }).clusterIP === told.split("\n")[0]);
          if (found !== undefined) return found.metadata.name;
        }
        return undefined;
      },
      { what: "a Sentinel names the master", timeoutMs: 60_000 },
    );
  }
}
