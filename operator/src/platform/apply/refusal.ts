import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_INSTANCE, LABEL_MANAGED_BY } from "../../labels.ts";
import { objectId } from "../live/object-id.ts";
import { platformOf } from "../plan/identity.ts";
import type { Refusal } from "./outcome.ts";

/** Says of an object of somebody else whose it is, and what to do. */
export function refuse(object: KubernetesObject): Refusal {
  const id = objectId(object);
  return { object: id, message: `${id} exists and ${owner(object)}; it is left alone. ${cure(object)}` };
}

function owner(object: KubernetesObject): string {
  const { ownerReferences = [], labels = {} } = object.metadata;
  const platform = platformOf(object);
  if (platform !== undefined) return `belongs to ProfilePlatform ${platform}`;
  const controller = ownerReferences.find((reference) => reference.controller === true) ?? ownerReferences[0];
  if (controller !== undefined) return `belongs to ${controller.kind} ${controller.name}`;
  const manager = labels[LABEL_MANAGED_BY];
  const instance = labels[LABEL_INSTANCE];
  if (manager === undefined) return "was not made by this operator";
  return `is managed by ${manager}${instance === undefined ? "" : ` (${instance})`}`;
}

function cure({ kind, metadata: { name } }: KubernetesObject): string {
  return kind === "Namespace"
    ? `Create the platform with another spec.namespacePrefix, or delete namespace ${name} if nobody needs it.`
    : `Delete it, or move it to another namespace: the platform needs its name.`;
}
