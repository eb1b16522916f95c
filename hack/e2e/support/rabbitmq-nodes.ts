import { ComponentPods } from "./component-pods.ts";
import { eventually } from "./eventually.ts";
import type { Kubectl } from "./kubectl.ts";
import { ownedBy } from "./platform.ts";

/** A queue with copies on several nodes. */
export interface Queue {
  readonly name: string;
  /** Node that leads it, such as `rabbit@rabbitmq-0.…`. */
  readonly leader: string;
  /** Nodes that have a copy. */
  readonly members: readonly string[];
  /** Those of them that answer. */
  readonly online: readonly string[];
}

const NODES = 3;

/** RabbitMQ with three replicas, of one platform. */
export class RabbitmqNodes {
  readonly pods: ComponentPods;
  readonly #kubectl: Kubectl;
  readonly #namespace: string;

  constructor(kubectl: Kubectl, platform: string, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.pods = new ComponentPods(kubectl, namespace, `${ownedBy(platform)},profileplatform.io/component=rabbitmq`);
  }

  /** All queues, each as the node that leads it knows it: of others a command would have to be answered across pods. */
  async queues(): Promise<readonly Queue[]> {
    const list = ["rabbitmqctl", "list_queues", "--local", "name", "leader", "members", "online"];
    const found = await Promise.all((await this.pods.list()).map(({ metadata }) => this.#ask(metadata.name, ...list)));
    return found.flat();
  }

  /** Waits until each queue has a copy on every node, and each of these answers; the pod that leads the tasks. */
  async untilCopied(): Promise<string> {
    return eventually(
      async () => {
        const found = await this.queues();
        const tasks = found.find(({ name }) => name === "profile.tasks");
        const isWhole = ({ members, online }: Queue) => new Set(members).size === NODES && online.length === NODES;
        if (tasks === undefined || !found.every(isWhole)) return undefined;
        return /^rabbit@([\w-]+)/.exec(tasks.leader)?.[1];
      },
      // Membership is looked at every minute.
      { what: "each queue has a copy on every node", timeoutMs: 150_000 },
    );
  }

  async #ask(pod: string, ...command: readonly string[]): Promise<readonly Queue[]> {
    const inside = ["exec", "-n", this.#namespace, pod, "-c", "rabbitmq", "--", ...command, "--formatter=json"];
    return JSON.parse(await this.#kubectl.run(inside)) as readonly Queue[];
  }
}
