import type { Scenario } from "../scenario.ts";
import { apiServerAway } from "./api-server-away.ts";
import { nodeCutOff } from "./node-cut-off.ts";
import { podFrozen } from "./pod-frozen.ts";
import { podHung } from "./pod-hung.ts";
import { postgresKilled } from "./postgres-killed.ts";
import { primaryPodKilled } from "./primary-pod-killed.ts";
import { primaryWithoutApi } from "./primary-without-api.ts";
import { replicaVolumeLost } from "./replica-volume-lost.ts";
import { switchover } from "./switchover.ts";
import { twoFailures } from "./two-failures.ts";
import { volumeFull } from "./volume-full.ts";

/** In the order in which they are run: what takes long, or leaves much to be mended, comes last. */
export const SCENARIOS: readonly Scenario[] = [
  primaryPodKilled,
  postgresKilled,
  switchover,
  podFrozen,
  podHung,
  nodeCutOff,
  replicaVolumeLost,
  apiServerAway,
  primaryWithoutApi,
  volumeFull,
  twoFailures,
];
