import type { Figures } from "../figures.ts";
import { changePlatforms, VARIANTS } from "../platforms.ts";
import { burst, cores } from "./burst.ts";
import type { RoundContext } from "./context.ts";

/** Changes the spec of every platform at once: a ConfigMap and the StatefulSet that reads it are others then. */
export async function change(context: RoundContext): Promise<Figures> {
  const { controlPlane, names, signal } = context;
  const { seconds, applied, settled } = await burst("change", context, () =>
    changePlatforms(controlPlane.client, names, VARIANTS[1], signal),
  );
  return {
    changePlatformsPerSecond: names.length / seconds,
    changeReconcilesPerSecond: applied.work.reconciles / seconds,
    changeReconcilesPerPlatform: settled.work.reconciles / names.length,
    changeRequestsPerPlatform: settled.work.requests / names.length,
    changeCpuPerReconcile: (settled.usage.cpu.operator * 1000) / settled.work.reconciles,
    changeCpuPerPlatform: (settled.usage.cpu.operator * 1000) / names.length,
    changeOperatorCores: cores(applied.usage, "operator"),
    changeApiServerCores: cores(applied.usage, "apiServer", "etcd"),
  };
}
