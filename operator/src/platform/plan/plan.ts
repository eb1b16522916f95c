import type { Component } from "../../components/component.ts";
import { foundationObjects } from "../../components/foundation/index.ts";
import { namespace } from "../../components/foundation/namespace.ts";
import { operatorBinding } from "../../components/foundation/operator-binding.ts";
import { COMPONENTS } from "../../components/index.ts";
import { credentialSecretName } from "../../components/kit/credential-secret.ts";
import { shortHash } from "../../components/kit/hash.ts";
import type { PlatformModel } from "../../components/model.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_SPEC_HASH } from "../../labels.ts";
import { LAYERS, type LayerName } from "../../names.ts";
import { WORKLOAD_KINDS } from "../live/kinds.ts";

/** Objects that are applied one after the other, complete with owner references. */
export interface Step {
  readonly layer: LayerName;
  /** Undefined for what a layer needs before any component. */
  readonly component: Component | undefined;
  readonly objects: readonly KubernetesObject[];
}

/**
 * Everything that must exist, in the order in which it is applied: first what the layers rest on, then the components.
 * Generated Secrets come right after the foundation of their layer, before the copies that later layers hold, so that
 * an interrupted first apply never leaves a copy of what is not kept.
 */
export function plan(model: PlatformModel, components: readonly Component[] = COMPONENTS): readonly Step[] {
  const enabled = components.filter((component) => component.enabled(model));
  const resources = new Map(enabled.map((component) => [component, component.resources(model)]));
  const layers = LAYERS.flatMap((layer): readonly Step[] => {
    const foundation = foundationObjects(model, layer, components);
    const secrets = enabled
      .filter((component) => component.layer === layer)
      .flatMap((component) => (resources.get(component) ?? []).filter(isSecret));
    const holdsVolumes = hasVolumes(model, layer, enabled);
    return foundation.length === 0
      ? []
      : [
          {
            layer,
            component: undefined,
            objects: [
              ...foundation.map((object) => owned(object, model, object.kind === "Namespace" && holdsVolumes)),
              ...secrets.map((object) => owned(object, model, !isReplaceable(object))),
            ],
          },
        ];
  });
  const workloads = enabled.map((component): Step => {
    const objects = (resources.get(component) ?? []).filter((object) => !isSecret(object));
    return { layer: component.layer, component, objects: objects.map((object) => owned(hashed(object), model, false)) };
  });
  return [...layers, ...workloads];
}

/** The part of the plan that gives the operator a place to work in: known before any credential is. */
export function access(
  model: PlatformModel,
  components: readonly Component[] = COMPONENTS,
): readonly KubernetesObject[] {
  const enabled = components.filter((component) => component.enabled(model));
  return LAYERS.filter((layer) => enabled.some((component) => component.layer === layer)).flatMap((layer) => [
    owned(namespace(model, layer), model, hasVolumes(model, layer, enabled)),
    ...operatorBinding(model, layer).map((object) => owned(object, model, false)),
  ]);
}

/** Whether deleting the layer's namespace would delete data. */
export function hasVolumes(model: PlatformModel, layer: LayerName, components: readonly Component[]): boolean {
  return components.some(
    (component) =>
      component.layer === layer &&
      component.enabled(model) &&
      component.footprint(model).some(({ storage }) => storage !== undefined),
  );
}

/** `kept`: with deletionPolicy Retain, the object outlives the platform. */
function owned(object: KubernetesObject, { owner, deletionPolicy }: PlatformModel, kept: boolean): KubernetesObject {
  if (owner === undefined || (kept && deletionPolicy === "Retain")) return object;
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}

function hashed(object: KubernetesObject): KubernetesObject {
  if (!WORKLOAD_KINDS.has(object.kind)) return object;
  const annotations = { ...object.metadata.annotations, [ANNOTATION_SPEC_HASH]: shortHash(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Certificates are of use to the pods of a platform alone: another one gets others. */
function isReplaceable({ metadata }: KubernetesObject): boolean {
  return metadata.name === credentialSecretName("postgresql-repository-tls");
}

function isSecret({ kind }: KubernetesObject): boolean {
  return kind === "Secret";
}
