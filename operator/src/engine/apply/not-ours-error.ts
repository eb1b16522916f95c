import type { KubernetesObject } from "../../kubernetes.ts";

/** The object exists and belongs to somebody else. */
export class NotOursError extends Error {
  readonly object: KubernetesObject;
  /** Who it belongs to, as far as it says. */
  readonly ownerDescription: string;

  constructor(object: KubernetesObject) {
    const owner = describeOwner(object);
    const { apiVersion, kind, metadata } = object;
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    super(`${apiVersion} ${kind} ${name} exists and ${owner}: rename or remove it, it is not touched`);
    this.name = "NotOursError";
    this.object = object;
    this.ownerDescription = owner;
  }
}

function describeOwner({ metadata: { ownerReferences = [], labels = {} } }: KubernetesObject): string {
  const controller = ownerReferences.find((owner) => owner.controller === true) ?? ownerReferences[0];
  if (controller !== undefined) {
    return `belongs to ${controller.kind} ${controller.name}`;
  }
  const manager = labels["app.kubernetes.io/managed-by"];
  const instance = labels["app.kubernetes.io/instance"];
  return manager === undefined
    ? "was made by somebody else"
    : `is managed by ${manager}${instance === undefined ? "" : ` for ${instance}`}`;
}
