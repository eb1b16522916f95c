import type { V1Container, V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LAYERS, type LayerName } from "../../names.ts";
import { foundationObjects } from "../foundation/index.ts";
import { COMPONENTS } from "../index.ts";
import type { PlatformModel } from "../model.ts";

/** Everything that is built for a platform, with the layer that it is built for. */
export function platformObjects(model: PlatformModel): readonly { layer: LayerName; object: KubernetesObject }[] {
  return LAYERS.flatMap((layer) => {
    const components = COMPONENTS.filter((component) => component.layer === layer && component.enabled(model));
    const objects = [
      ...foundationObjects(model, layer, COMPONENTS),
      ...components.flatMap((component) => component.resources(model)),
    ];
    return objects.map((object) => ({ layer, object }));
  });
}

/** Pod template of a workload; undefined of anything else. */
export function templateOf(object: KubernetesObject): V1PodTemplateSpec | undefined {
  return (object["spec"] as { readonly template?: V1PodTemplateSpec } | undefined)?.template;
}

export function podSpecs(model: PlatformModel): readonly { owner: KubernetesObject; spec: V1PodSpec }[] {
  return platformObjects(model).flatMap(({ object }) => {
    const spec = templateOf(object)?.spec;
    return spec === undefined ? [] : [{ owner: object, spec }];
  });
}

export function containers(model: PlatformModel): readonly { owner: KubernetesObject; container: V1Container }[] {
  return podSpecs(model).flatMap(({ owner, spec }) =>
    [...(spec.initContainers ?? []), ...spec.containers].map((container) => ({ owner, container })),
  );
}
