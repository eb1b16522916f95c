import { defineConfig } from "vitest/config";
import LongestFirst from "./hack/e2e/support/longest-first.ts";

/** Files that measure how soon changes are answered: after all others, one by one, so that nothing else takes the processors. */
const MEASURED = [
  "class-g-*",
  "class-h-*",
  "class-o-*",
  "engine-connections",
  "faults-answers",
  "faults-connections",
  "faults-events",
  "faults-soak",
].map((name) => `hack/e2e/robustness/control-plane/${name}.test.ts`);

/** The same of the services. */
const MEASURED_SERVICE = ["breaker", "limits-outage", "overload", "replica", "sentinel-failover", "task-lateness"].map(
  (name) => `runtime/test/robustness/${name}.service.test.ts`,
);

/** Each file has a control plane of its own, which ends with the file's process: it has to be one. */
const CONTROL_PLANE = {
  globalSetup: ["hack/e2e/control-plane/support/setup.ts"],
  pool: "forks",
  testTimeout: 120_000,
  hookTimeout: 180_000,
} as const;

/** A PostgreSQL, Redis and RabbitMQ for each file that runs at a time. */
const SERVICE = {
  globalSetup: ["runtime/test/services.ts"],
  pool: "forks",
  testTimeout: 60_000,
  hookTimeout: 120_000,
} as const;

/** One cluster for all files. */
const CLUSTER = {
  globalSetup: ["hack/e2e/cluster/setup.ts"],
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 900_000,
} as const;

// One project a kind of test, because each kind needs other things around it: nothing (unit), Helm (chart), the data
// services as plain processes (service), an API server (control-plane), a cluster with nodes (cluster). Robustness:
// services and operator under crashes, faults and whatever else somebody may do to them, which takes long.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          // As many as there are processors at least: some of them wait for time to pass.
          maxWorkers: 2,
          // Beside the first ones Kubernetes may be compiled.
          testTimeout: 30_000,
          include: [
            "{crds,operator,runtime}/src/**/*.test.ts",
            "runtime/test/mixed-load/**/*.test.ts",
            "hack/**/*.test.ts",
          ],
          exclude: [
            "**/*.service.test.ts",
            "**/*.chart.test.ts",
            "hack/e2e/{cluster,control-plane}/*.test.ts",
            "hack/e2e/robustness/**",
            "**/node_modules/**",
            "**/dist/**",
          ],
        },
      },
      {
        test: {
          name: "chart",
          include: ["hack/helm/**/*.chart.test.ts"],
          testTimeout: 60_000,
          // Helm may have to be built.
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          ...SERVICE,
          name: "service",
          // Beside them the control plane's tests run.
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
          include: ["runtime/**/*.service.test.ts", "hack/{agreement,fuzz}/*.service.test.ts"],
          exclude: ["runtime/test/robustness/**"],
        },
      },
      {
        test: {
          ...SERVICE,
          name: "robustness-service",
          // They wait for what is away to come back more than they work.
          maxWorkers: 2,
          sequence: { groupOrder: 6 },
          include: ["runtime/test/robustness/*.service.test.ts", "hack/dev/*.service.test.ts"],
          exclude: MEASURED_SERVICE,
        },
      },
      {
        test: {
          ...SERVICE,
          name: "robustness-service-measured",
          maxWorkers: 1,
          sequence: { groupOrder: 7 },
          include: MEASURED_SERVICE,
        },
      },
      {
        test: {
          ...CONTROL_PLANE,
          name: "control-plane",
          include: ["hack/e2e/control-plane/*.test.ts"],
          // They wait for controllers more than they work: two would leave two processors idle.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...CONTROL_PLANE,
          name: "robustness-control-plane",
          include: ["hack/e2e/robustness/control-plane/*.test.ts"],
          exclude: MEASURED,
          // Dozens of platforms each: two keep two processors busy.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...CONTROL_PLANE,
          name: "robustness-measured",
          include: MEASURED,
          // Two would measure each other.
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...CLUSTER,
          name: "robustness-cluster",
          include: ["hack/e2e/robustness/cluster/*.test.ts"],
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          ...CLUSTER,
          name: "cluster",
          include: ["hack/e2e/cluster/*.test.ts"],
          // They wait more than they work. What must not run beside something says so: see demo-platform.ts.
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
