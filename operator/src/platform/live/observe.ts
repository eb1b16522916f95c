import type { Component, ObservedComponent } from "../../components/component.ts";
import type { PlatformModel } from "../../components/model.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_INSTANCE, LABEL_NAME } from "../../labels.ts";
import type { LiveObjects } from "./live-objects.ts";

/** Index of objects by the platform whose label they carry. */
export const BY_PLATFORM = "platform";
/** Index of pods by platform and component. */
export const BY_COMPONENT = "component";

/** Values of BY_COMPONENT: from the labels by which workloads find their pods, which nobody can edit away unseen. */
export function componentIndex({ metadata: { labels = {} } }: KubernetesObject): readonly string[] {
  const platform = labels[LABEL_INSTANCE];
  const component = labels[LABEL_NAME];
  return platform === undefined || component === undefined ? [] : [`${platform}/${component}`];
}

/** What is live of one component. */
export function observe({ name, layer }: Component, model: PlatformModel, live: LiveObjects): ObservedComponent {
  const namespace = model.namespaces[layer];
  const pods = live
    .byIndex("Pod", BY_COMPONENT, `${model.name}/${name}`)
    .filter((pod) => pod.metadata.namespace === namespace);
  return { find: (kind, objectName) => live.get(kind, namespace, objectName), pods };
}
