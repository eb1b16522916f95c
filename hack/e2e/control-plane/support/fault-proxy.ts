import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultProxy, startFaultProxy } from "../../../faults/index.ts";
import type { OperatorBench } from "./operator-bench.ts";

/** A fault proxy for the operators of a bench. Its `stop` removes its folder as well. */
export async function startBenchProxy({ kubeconfig }: OperatorBench): Promise<FaultProxy> {
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-faults-"));
  const proxy = await startFaultProxy({ upstreamKubeconfig: kubeconfig, dir });
  return {
    ...proxy,
    stop: async () => {
      await proxy.stop();
      await rm(dir, { recursive: true });
    },
  };
}
