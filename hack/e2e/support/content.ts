import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

/** What Kubernetes' own controllers write on what the operator made. */
const THEIRS = new Set(["deployment.kubernetes.io/revision", "pv.kubernetes.io/bind-completed"]);

/** Labels by which a Job finds its pods: each Job that is made has its own, and a Job without labels gets them too. */
const OF_ONE_JOB = new Set([
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
  "controller-uid",
  "job-name",
]);

/**
 * What the operator decides of an object: everything but status, bookkeeping, and what Kubernetes chooses anew for
 * each object that is made (the address of a Service, the selector of a Job).
 */
export function content(object: KubernetesObject | undefined): Readonly<Record<string, unknown>> | undefined {
  if (object === undefined) return undefined;
  const { status: _status, metadata, ...rest } = withoutChoices(object);
  const { labels = {}, annotations = {}, name, namespace, ownerReferences = [] } = metadata;
  const ours = Object.entries(annotations).filter(([key]) => !THEIRS.has(key));
  return { ...rest, metadata: { labels, annotations: Object.fromEntries(ours), name, namespace, ownerReferences } };
}

/** The same of a Deployment whose number of pods an autoscaler decides. */
export function contentWithoutReplicas(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  const { replicas: _replicas, ...spec } = (object["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  return content({ ...object, spec });
}

function withoutChoices(object: KubernetesObject): KubernetesObject {
  const spec = (object["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  if (object.kind === "Service" && spec["clusterIP"] !== "None") {
    const { clusterIP: _ip, clusterIPs: _ips, ...others } = spec;
    return { ...object, spec: others };
  }
  return object.kind === "Job" ? (without(object, OF_ONE_JOB) as KubernetesObject) : object;
}

/** A JSON value without some fields, however deep. */
function without(value: unknown, fields: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, fields));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !fields.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, without(inner, fields)]));
}
