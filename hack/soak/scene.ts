import { join } from "node:path";
import { objectPath, ResourceTypes } from "@profile-platform/operator/engine/client/resource-type";
import { systemClock } from "@profile-platform/operator/engine/kit/clock";
import { APPLIED_TYPES } from "@profile-platform/operator/kinds";
import { startBenchProxy } from "../e2e/control-plane/support/fault-proxy.ts";
import { startKubelet } from "../e2e/control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../e2e/control-plane/support/operator-bench.ts";
import { waitReady } from "../e2e/control-plane/support/settled.ts";
import { eventually } from "../e2e/support/eventually.ts";
import { platformManifest } from "../e2e/support/platform.ts";
import type { FaultProxy } from "../faults/index.ts";
import { bundledOperator } from "../images/operator-command.ts";
import { type AuditedChange, Auditor } from "./auditor.ts";
import { DirectApi } from "./direct-api.ts";
import { ForeignObjects } from "./foreign.ts";
import { Mutator } from "./mutator.ts";
import type { SeededRandom } from "./random.ts";
import { SupervisedOperator } from "./supervised-operator.ts";
import { WriteWatch } from "./write-watch.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const QUIET_MS = 5_000;
const TYPES = new ResourceTypes(APPLIED_TYPES);

/** A control plane, an operator behind the proxy, platforms that are Ready, and whoever looks after them. */
export interface Scene {
  readonly proxy: FaultProxy;
  readonly operator: SupervisedOperator;
  readonly auditor: Auditor;
  readonly writes: WriteWatch;
  mutators(random: SeededRandom, onChange: (change: AuditedChange) => void): readonly Mutator[];
  /** Waits until no write of content has come for some seconds. */
  untilQuiet(): Promise<void>;
  /** What is not as it must be, of all platforms. */
  wrongState(): Promise<readonly string[]>;
  /** Foreign objects that somebody other than their owner has touched. */
  touched(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startScene(platforms: number): Promise<Scene> {
  const cleanUp = new AsyncDisposableStack();
  try {
    const bench = await startOperatorBench();
    cleanUp.defer(() => bench.stop());
    const proxy = await startBenchProxy(bench);
    cleanUp.defer(() => proxy.stop());
    const kubelet = startKubelet(bench.kubectl.kubeconfig);
    cleanUp.defer(() => kubelet.stop());
    const api = DirectApi.connect(bench.kubectl.kubeconfig);
    cleanUp.defer(() => api.close());
    return await fill({ bench, proxy, api, cleanUp }, platforms);
  } catch (error) {
    await cleanUp.disposeAsync();
    throw error;
  }
}

interface Parts {
  readonly bench: OperatorBench;
  readonly proxy: FaultProxy;
  readonly api: DirectApi;
  readonly cleanUp: AsyncDisposableStack;
}

async function fill({ bench, proxy, api, cleanUp }: Parts, platforms: number): Promise<Scene> {
  const names = Array.from({ length: platforms }, (_, i) => `soak-${i + 1}`);
  const { program, nodeFlags } = await bundledOperator(bench.chart, REPOSITORY);
  const asInImage = { program, nodeFlags, args: ["--log-level", "info"] };
  const operator = await SupervisedOperator.start(bench, { kubeconfig: proxy.kubeconfigPath, ...asInImage });
  const auditor = new Auditor({ api });
  const writes = new WriteWatch(proxy);
  const onLearned = (): void => writes.know(auditor.children.map((child) => objectPath(TYPES.of(child), child)));
  const all = names.map((platform) => ({ platform, foreign: new ForeignObjects(api, `${platform}-data-layer`) }));

  for (const name of names) await bench.kubectl.apply(manifest(name));
  for (const name of names) await waitReady(bench.api, name, 180_000);
  await untilQuiet(proxy);
  for (const name of names) await auditor.learn(name);
  for (const { platform, foreign } of all) await foreign.create(platform);
  onLearned();
  return {
    proxy,
    operator,
    auditor,
    writes,
    mutators: (random, onChange) =>
      all.map((one) => {
        const common = { api, auditor, clock: systemClock, onChange, onLearned };
        return new Mutator({ ...common, ...one, random: random.fork() });
      }),
    untilQuiet: () => untilQuiet(proxy),
    wrongState: async () => (await Promise.all(names.map((name) => auditor.wrong(name)))).flat(),
    touched: async () => (await Promise.all(all.map(({ foreign }) => foreign.touched()))).flat(),
    stop: () => cleanUp.disposeAsync(),
  };
}

function manifest(name: string): unknown {
  const server = { autoscaling: { minReplicas: 2, maxReplicas: 10 } };
  return platformManifest(name, { namespacePrefix: `${name}-`, server });
}

async function untilQuiet(proxy: FaultProxy): Promise<void> {
  let writes = proxy.writes();
  let since = performance.now();
  await eventually(
    async () => {
      if (proxy.writes() !== writes) {
        writes = proxy.writes();
        since = performance.now();
      }
      return performance.now() - since >= QUIET_MS ? true : undefined;
    },
    { what: `the operator writes nothing for ${QUIET_MS / 1000} s`, timeoutMs: 120_000, everyMs: 100 },
  );
}
