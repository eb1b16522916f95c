import { memoryOf } from "../../usage.ts";
import type { Figures } from "../figures.ts";
import { createPlatforms, VARIANTS } from "../platforms.ts";
import { childrenOf } from "../template.ts";
import { burst, cores } from "./burst.ts";
import type { RoundContext } from "./context.ts";

/** Creates all platforms at once. */
export async function create(context: RoundContext): Promise<Figures> {
  const { contender, controlPlane, names, objectsPerPlatform, signal } = context;
  const { seconds, applied, settled } = await burst("create", context, () =>
    createPlatforms(controlPlane.client, names, VARIANTS[0], signal),
  );
  const { resident, peak } = memoryOf(contender.pid);
  await checkObjects(context);
  return {
    createSeconds: seconds,
    createObjectsPerSecond: (names.length * objectsPerPlatform) / seconds,
    createReconcilesPerSecond: applied.work.reconciles / seconds,
    createReconcilesPerPlatform: settled.work.reconciles / names.length,
    createRequestsPerPlatform: settled.work.requests / names.length,
    createWritesPerPlatform: settled.work.writes / names.length,
    createCpuPerPlatform: (settled.usage.cpu.operator * 1000) / names.length,
    createOperatorCores: cores(applied.usage, "operator"),
    createApiServerCores: cores(applied.usage, "apiServer", "etcd"),
    memoryLoaded: resident,
    memoryPeak: peak,
  };
}

/** Both must have done the same work: looks at the first platform, the last, and one between. */
async function checkObjects({ controlPlane, names, objectsPerPlatform, problem }: RoundContext): Promise<void> {
  const sample = new Set([0, names.length >> 1, names.length - 1].flatMap((i) => names[i] ?? []));
  for (const name of sample) {
    const found = (await childrenOf(controlPlane.client, name)).length;
    if (found !== objectsPerPlatform) problem(`${name} has ${found} objects instead of ${objectsPerPlatform}`);
  }
}
