import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import type { Kubectl } from "../e2e/support/kubectl.ts";

/** A pod of PostgreSQL. */
export interface Member {
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
  readonly address: string;
  /** As the container runtime knows it; empty while there is none. */
  readonly containerId: string;
  readonly ready: boolean;
}

export interface Members {
  /** The one whose name is in Patroni's lock, whatever has become of it. */
  readonly primary: Member;
  readonly replicas: readonly Member[];
}

interface Pod extends KubernetesObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
  };
}

/** Throws a sentence when Patroni's lock names no pod that is there. */
export async function findMembers(kubectl: Kubectl, namespace: string): Promise<Members> {
  const selector = "app.kubernetes.io/name=postgresql";
  const text = await kubectl.run(["get", "pods,endpoints", "-n", namespace, "-l", selector, "-o", "json"]);
  return membersIn((JSON.parse(text) as { readonly items: readonly KubernetesObject[] }).items);
}

/** The members among the pods and Endpoints of PostgreSQL. */
export function membersIn(items: readonly KubernetesObject[]): Members {
  const lock = items.find(({ kind, metadata }) => kind === "Endpoints" && metadata.name === "postgresql");
  const leader = lock?.metadata.annotations?.["leader"];
  const members = items.filter(({ kind }) => kind === "Pod").map(memberOf);
  const primary = members.find(({ pod }) => pod === leader);
  if (primary === undefined) throw new Error(`PostgreSQL has no primary: its lock names ${leader || "nobody"}`);
  return { primary, replicas: members.filter((member) => member !== primary) };
}

function memberOf({ metadata, spec, status }: Pod): Member {
  return {
    pod: metadata.name,
    uid: metadata.uid ?? "",
    node: spec?.nodeName ?? "",
    address: status?.podIP ?? "",
    containerId: (status?.containerStatuses?.[0]?.containerID ?? "").replace(/^.*:\/\//, ""),
    ready:
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true,
  };
}
