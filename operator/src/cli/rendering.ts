import type { PlatformModel } from "../components/model.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LAYERS, type LayerName } from "../names.ts";
import { plan } from "../platform/plan/plan.ts";

export interface RenderedLayer {
  readonly layer: LayerName;
  /** In the order in which they are applied. */
  readonly objects: readonly KubernetesObject[];
}

/** Everything that must exist, layer by layer: what a layer rests on stands before its components. */
export function renderLayers(model: PlatformModel): readonly RenderedLayer[] {
  const steps = plan(model);
  return LAYERS.map((layer) => ({
    layer,
    objects: steps.filter((step) => step.layer === layer).flatMap(({ objects }) => objects),
  })).filter(({ objects }) => objects.length > 0);
}
