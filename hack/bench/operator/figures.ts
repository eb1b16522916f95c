import { type FigureText, higher, lower } from "../figure.ts";

/** A group of figures of one part of a round. */
export interface FigureGroup {
  readonly title: string;
  readonly figures: Readonly<Record<string, FigureText>>;
}

/** Everything that a round measures, in the order in which reports show it. */
export const FIGURE_GROUPS = [
  {
    title: "All platforms created at once",
    figures: {
      createSeconds: lower("until all are applied", "s"),
      createObjectsPerSecond: higher("objects applied", "/s", 0),
      createReconcilesPerSecond: higher("reconciles", "/s"),
      createReconcilesPerPlatform: lower("reconciles a platform", ""),
      createRequestsPerPlatform: lower("API requests a platform", ""),
      createWritesPerPlatform: lower("of those, writes", ""),
      createCpuPerPlatform: lower("CPU of the operator a platform", "ms", 0),
      createOperatorCores: lower("cores used by the operator", "", 2),
      createApiServerCores: lower("cores used by API server and etcd", "", 2),
    },
  },
  {
    title: "The spec of every platform changed at once",
    figures: {
      changePlatformsPerSecond: higher("changes carried out", "/s"),
      changeReconcilesPerSecond: higher("reconciles", "/s"),
      changeReconcilesPerPlatform: lower("reconciles a change", ""),
      changeRequestsPerPlatform: lower("API requests a change", ""),
      changeCpuPerReconcile: lower("CPU of the operator a reconcile", "ms", 2),
      changeCpuPerPlatform: lower("CPU of the operator a change", "ms", 2),
      changeOperatorCores: lower("cores used by the operator", "", 2),
      changeApiServerCores: lower("cores used by API server and etcd", "", 2),
    },
  },
  {
    title: "Children edited one by one",
    figures: {
      editMedian: lower("edit → put right, median", "ms", 1),
      editP99: lower("edit → put right, 99 %", "ms", 1),
      editCpu: lower("CPU of the operator an edit", "ms", 2),
    },
  },
  {
    title: "Resident memory",
    figures: {
      memoryEmpty: lower("with no platforms", "MiB", 0),
      memoryUnrelated: lower("more with 1,200 unrelated objects", "MiB", 1),
      memoryLoaded: lower("with all platforms, when they are applied", "MiB", 0),
      memoryRest: lower("with all platforms, after the time at rest", "MiB", 0),
      memoryRestarted: lower("with all platforms, after a restart", "MiB", 0),
      memoryPeak: lower("highest while creating them", "MiB", 0),
    },
  },
  {
    title: "A minute at rest",
    figures: {
      restRequests: lower("API requests", "", 0),
      restWrites: lower("writes, the Lease's apart", "", 0),
      restReconciles: lower("reconciles", "", 0),
      restCpu: lower("CPU of the operator", "ms", 0),
    },
  },
  {
    title: "Start",
    figures: {
      startSeconds: lower("process → ready, no platforms", "s", 2),
      restartReadySeconds: lower("process → ready, all platforms", "s", 2),
      restartFirstSeconds: lower("process → first reconcile done", "s", 2),
      restartAllSeconds: lower("process → every platform looked through", "s", 1),
      restartRequestsPerPlatform: lower("API requests a platform for that", "", 1),
    },
  },
] as const satisfies readonly FigureGroup[];

type GroupFigures<G> = G extends { readonly figures: infer F } ? keyof F : never;
export type FigureName = GroupFigures<(typeof FIGURE_GROUPS)[number]>;
export type Figures = Partial<Record<FigureName, number>>;
