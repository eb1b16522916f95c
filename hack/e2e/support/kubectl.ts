import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { type CommandResult, runToEnd } from "./run-to-end.ts";

/** kubectl against one cluster. */
export class Kubectl {
  readonly kubeconfig: string;

  constructor(kubeconfig: string) {
    this.kubeconfig = kubeconfig;
  }

  /** Runs kubectl to its end, whatever its exit code. */
  try(args: readonly string[], input?: string): Promise<CommandResult> {
    return runToEnd("kubectl", ["--kubeconfig", this.kubeconfig, ...args], { input });
  }

  /** Runs kubectl and returns what it printed; throws when it fails. */
  async run(args: readonly string[], input?: string): Promise<string> {
    const result = await this.try(args, input);
    if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")} failed: ${result.stderr.trim()}`);
    return result.stdout;
  }

  /** One object, or undefined when it does not exist. */
  async get(kind: string, name: string, namespace?: string): Promise<KubernetesObject | undefined> {
    const result = await this.try(["get", kind, name, ...scope(namespace), "-o", "json"]);
    if (result.code === 0) return JSON.parse(result.stdout) as KubernetesObject;
    if (result.stderr.includes("NotFound")) return undefined;
    throw new Error(`kubectl get ${kind} ${name} failed: ${result.stderr.trim()}`);
  }

  /** Objects of one or several kinds (`pods,services`) that a label selector matches, in every namespace. */
  async list(kinds: string, selector: string): Promise<readonly KubernetesObject[]> {
    const text = await this.run(["get", kinds, "--all-namespaces", "-l", selector, "-o", "json"]);
    return (JSON.parse(text) as { items: KubernetesObject[] }).items;
  }

  /** Deletes pods without asking them to end, and waits for nothing. `which`: as `kubectl delete pods` takes it. */
  async killPods(...which: readonly string[]): Promise<void> {
    await this.run(["delete", "pods", ...which, "--grace-period=0", "--force", "--wait=false"]);
  }

  async apply(manifest: unknown): Promise<string> {
    return this.run(["apply", "-f", "-"], JSON.stringify(manifest));
  }
}

function scope(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? [] : ["--namespace", namespace];
}
