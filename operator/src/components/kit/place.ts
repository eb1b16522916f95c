import { componentLabels } from "../../labels.ts";
import type { ComponentName, LayerName } from "../../names.ts";
import type { PlatformModel } from "../model.ts";

/** What names and labels of a component's objects derive from; every Component is one. */
export interface Place {
  readonly name: ComponentName;
  readonly layer: LayerName;
}

export interface PlacedMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** Metadata of a component's object; the object has the component's name unless another is given. */
export function objectMeta(
  model: PlatformModel,
  place: Place,
  options: { readonly name?: string; readonly annotations?: Record<string, string> } = {},
): PlacedMeta {
  return {
    name: options.name ?? place.name,
    namespace: model.namespaces[place.layer],
    labels: componentLabels(model.name, place.layer, place.name),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
  };
}
