import type { PlatformModel } from "../../../model.ts";
import { CONFIG_DIRECTORY } from "../place.ts";
import { groupScript } from "./group.ts";
import { redisAlive, redisLeave, redisReady, redisStart } from "./redis-scripts.ts";
import { sentinelReady, sentinelStart } from "./sentinel-scripts.ts";

/** File name → what the containers of a member run. All of it is POSIX sh with awk, which every image has. */
export function scripts(model: PlatformModel): Record<SentinelScript, string> {
  return {
    "group.sh": groupScript(model),
    "redis-start.sh": redisStart,
    "redis-ready.sh": redisReady,
    "redis-alive.sh": redisAlive,
    "redis-leave.sh": redisLeave,
    "sentinel-start.sh": sentinelStart,
    "sentinel-ready.sh": sentinelReady,
  };
}

export type SentinelScript =
  | "group.sh"
  | `redis-${"start" | "ready" | "alive" | "leave"}.sh`
  | `sentinel-${"start" | "ready"}.sh`;

export function scriptCommand(script: SentinelScript): readonly string[] {
  return ["sh", "-eu", `${CONFIG_DIRECTORY}/${script}`];
}
