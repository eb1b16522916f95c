import type { LayerName } from "@profile-platform/operator/names";

/** What logs, restart and port-forward can be asked for. */
export interface Workload {
  readonly layer: LayerName | "operator";
  readonly kind: "deployment" | "statefulset" | "job";
  /** Local port → port of the pod, for port-forward. */
  readonly forwards: Readonly<Record<number, number>>;
}

export const WORKLOADS = {
  postgresql: { layer: "data-layer", kind: "statefulset", forwards: { 5432: 5432 } },
  redis: { layer: "data-layer", kind: "statefulset", forwards: { 6379: 6379 } },
  rabbitmq: { layer: "data-layer", kind: "statefulset", forwards: { 5672: 5672, 15672: 15672 } },
  migrations: { layer: "server-layer", kind: "job", forwards: {} },
  server: { layer: "server-layer", kind: "deployment", forwards: { 8080: 8080, 9090: 9090 } },
  worker: { layer: "server-layer", kind: "deployment", forwards: { 8081: 8081, 9091: 9091 } },
  operator: { layer: "operator", kind: "deployment", forwards: {} },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof WORKLOADS;

/** Turns words of a user into workloads; none means all of the platform. Throws when a word names none. */
export function parseWorkloads(words: readonly string[]): readonly WorkloadName[] {
  const names = Object.keys(WORKLOADS) as WorkloadName[];
  for (const word of words) {
    if (!(names as readonly string[]).includes(word)) {
      throw new Error(`there is no component "${word}": choose from ${names.join(", ")}`);
    }
  }
  return names.filter((name) => (words.length === 0 ? name !== "operator" : words.includes(name)));
}
