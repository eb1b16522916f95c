import { LAYERS } from "../../../names.ts";
import type { Outcome } from "../../apply/outcome.ts";
import { applied } from "./applied.ts";
import { fieldsContested } from "./fields-contested.ts";
import type { Finding } from "./finding.ts";
import { healthy } from "./healthy.ts";
import { layerConditionType, layerReady } from "./layer-ready.ts";
import { paused } from "./paused.ts";
import { protectedBy } from "./protected.ts";
import { ready } from "./ready.ts";
import { reconciling } from "./reconciling.ts";
import { stalled } from "./stalled.ts";

export interface ConditionRule {
  readonly type: string;
  /** What the condition says; undefined when it is not there. `known`: whether it is there by now. */
  readonly find: (outcome: Outcome, known: boolean) => Finding | undefined;
}

/** The conditions of a platform, in the order in which status lists them. */
export const CONDITIONS: readonly ConditionRule[] = [
  { type: "Ready", find: ready },
  { type: "Applied", find: applied },
  { type: "Healthy", find: healthy },
  { type: "Reconciling", find: reconciling },
  { type: "Stalled", find: stalled },
  ...LAYERS.map(
    (layer): ConditionRule => ({
      type: layerConditionType(layer),
      find: (outcome, known) => layerReady(layer, outcome, known),
    }),
  ),
  { type: "BackupHealthy", find: (outcome, known) => protectedBy("backup", outcome, known) },
  { type: "ArchivingHealthy", find: (outcome, known) => protectedBy("archiving", outcome, known) },
  { type: "ConnectionsOvercommitted", find: ({ connections }) => connections?.overcommitted },
  { type: "Paused", find: paused },
  { type: "FieldsContested", find: fieldsContested },
];
