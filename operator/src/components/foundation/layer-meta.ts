import { layerLabels } from "../../labels.ts";
import type { LayerName } from "../../names.ts";
import type { PlacedMeta } from "../kit/place.ts";
import type { PlatformModel } from "../model.ts";

/** Metadata of an object that belongs to a whole layer. */
export function layerMeta(model: PlatformModel, layer: LayerName, name: string): PlacedMeta {
  return { name, namespace: model.namespaces[layer], labels: layerLabels(model.name, layer) };
}
