import type { Condition, ProfilePlatform } from "@profile-platform/crds";
import { eventually } from "../../support/eventually.ts";
import { condition } from "../../support/platform.ts";
import { KubeApi } from "./kube-api.ts";
import { type OperatorBench, startOperatorBench } from "./operator-bench.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { type Judge, PodReporter } from "./pod-reporter.ts";

/** A control plane with a real operator, on which every workload of a platform gets made and ready. */
export interface ClassBench {
  readonly bench: OperatorBench;
  readonly api: KubeApi;
  /** The operator that runs; another one after `restartOperator`. */
  readonly operator: OperatorProcess;
  restartOperator(): Promise<void>;
  waitReady(name: string): Promise<ProfilePlatform>;
  /** Creates a platform and waits until it is Ready, and has its first backup if it makes any. */
  createReady(name: string, spec: unknown): Promise<ProfilePlatform>;
  stop(): Promise<void>;
}

export async function startClassBench(judge?: Judge): Promise<ClassBench> {
  const bench = await startOperatorBench();
  const api = KubeApi.connect(bench.kubectl.kubeconfig);
  const reporter = PodReporter.start(api, judge);
  let operator = await bench.startOperator();
  return {
    bench,
    api,
    get operator() {
      return operator;
    },
    restartOperator: async () => {
      await operator.stop();
      operator = await bench.startOperator();
    },
    waitReady: (name) => waitReady(api, name),
    createReady: async (name, spec) => {
      await api.createPlatform(name, spec);
      const ready = await waitReady(api, name);
      if (ready.spec.postgresql.backup === undefined) return ready;
      // It is begun at once, and its end changes the status.
      await waitCondition(api, name, "BackupHealthy", "True", /./);
      return waitReady(api, name);
    },
    stop: async () => {
      await reporter.stop();
      api.close();
      await bench.stop();
    },
  };
}

/** Waits until the newest generation of a platform is carried out, or said to be beyond carrying out. */
export function waitSettled(api: KubeApi, name: string, timeoutMs = 30_000): Promise<ProfilePlatform> {
  return waitPlatform(api, name, timeoutMs, "is settled", (platform) => {
    return condition(platform, "Applied")?.status === "True" || condition(platform, "Stalled")?.status === "True";
  });
}

export function waitReady(api: KubeApi, name: string, timeoutMs = 60_000): Promise<ProfilePlatform> {
  return waitPlatform(api, name, timeoutMs, "is Ready", (platform) => condition(platform, "Ready")?.status === "True");
}

/** Waits for a condition of the newest generation to have a status and a message that matches; returns it. */
export async function waitCondition(
  api: KubeApi,
  name: string,
  type: string,
  status: Condition["status"],
  message: RegExp,
  timeoutMs = 30_000,
): Promise<Condition> {
  const matches = (found: Condition | undefined) => found?.status === status && message.test(found.message);
  const what = `says ${type} ${status} with ${String(message)}`;
  const platform = await waitPlatform(api, name, timeoutMs, what, (one) => matches(condition(one, type)));
  return condition(platform, type) as Condition;
}

function waitPlatform(
  api: KubeApi,
  name: string,
  timeoutMs: number,
  what: string,
  holds: (platform: ProfilePlatform) => boolean,
): Promise<ProfilePlatform> {
  return eventually(
    async () => {
      const platform = await api.platform(name);
      const current = platform?.status?.observedGeneration === platform?.metadata.generation;
      if (platform !== undefined && current && holds(platform)) return platform;
      throw new Error(JSON.stringify(platform?.status?.conditions ?? "there is no status"));
    },
    { what: `platform ${name} ${what}`, timeoutMs, everyMs: 20 },
  );
}
