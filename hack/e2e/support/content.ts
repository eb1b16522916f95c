import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** What Kubernetes' own controllers write on what the operator made. */
const THEIRS = new Set(["deployment.kubernetes.io/revision", "pv.kubernetes.io/bind-completed"]);

/** What the operator decides of an object: everything but status and bookkeeping. */
export function content(object: KubernetesObject | undefined): Readonly<Record<string, unknown>> | undefined {
  if (object === undefined) return undefined;
  const { status: _status, metadata, ...rest } = object;
  const { labels = {}, annotations = {}, name, namespace, ownerReferences = [] } = metadata;
  const ours = Object.entries(annotations).filter(([key]) => !THEIRS.has(key));
  return { ...rest, metadata: { labels, annotations: Object.fromEntries(ours), name, namespace, ownerReferences } };
}

/** The same of a Deployment whose number of pods an autoscaler decides. */
export function contentWithoutReplicas(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  const { replicas: _replicas, ...spec } = (object["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  return content({ ...object, spec });
}
