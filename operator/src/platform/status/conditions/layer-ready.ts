import { REASON } from "../../../errors.ts";
import type { LayerName } from "../../../names.ts";
import type { Outcome } from "../../apply/outcome.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";

/** `data-layer` → `DataLayerReady`. */
export function layerConditionType(layer: LayerName): string {
  const words = layer.split("-").map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join("")}Ready`;
}

/**
 * Whether everything that runs in one layer is ready; undefined where nothing is meant to. `known`: whether the
 * condition is there by now, which is all that is known of a platform that is blocked.
 */
export function layerReady(layer: LayerName, outcome: Outcome, known: boolean): Finding | undefined {
  const components = outcome.components.filter((component) => component.layer === layer);
  const isThere = outcome.blocked === undefined ? components.length > 0 : known;
  if (!isThere) return undefined;
  const finding = healthy({ ...outcome, components });
  return finding.status === "True"
    ? { status: "True", reason: REASON.allComponentsReady, message: `All components of the ${layer} are ready` }
    : finding;
}
