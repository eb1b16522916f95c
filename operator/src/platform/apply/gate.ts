import type { Dependency } from "../../components/component.ts";
import { type ComponentState, describeState } from "../status/component-state.ts";

/** What is about to happen to a workload. `kept`: it is there and wanted as it was, so at most drift is put right. */
export type WorkloadChange = "created" | "changed" | "kept";

/**
 * Why a workload has to wait, as `waits for postgresql: 0/1 ready, pod postgresql-0 is starting`; undefined when it
 * may go ahead. `states` holds the components that were carried out before it in this reconcile, so that a new version
 * waits for the migrations of that same version. A component that is switched off is waited for by nobody.
 */
export function gate(
  change: WorkloadChange,
  dependsOn: readonly Dependency[],
  states: ReadonlyMap<string, ComponentState>,
): string | undefined {
  const awaited = dependsOn
    .filter(({ before }) => change === "created" || (change === "changed" && before === "change"))
    .flatMap(({ component }) => states.get(component) ?? [])
    .filter(({ state }) => state !== "Ready");
  return awaited.length === 0 ? undefined : `waits for ${awaited.map(describeState).join("; ")}`;
}
