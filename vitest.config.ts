import { defineConfig } from "vitest/config";

// One project a kind of test, because each kind needs other things around it: nothing (unit), Helm (chart), the data
// services as plain processes (service), an API server (control-plane), a cluster with nodes (cluster).
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{crds,operator,runtime}/src/**/*.test.ts", "hack/**/*.test.ts"],
          exclude: [
            "**/*.service.test.ts",
            "**/*.chart.test.ts",
            "hack/e2e/{cluster,control-plane}/*.test.ts",
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
          name: "service",
          include: ["runtime/**/*.service.test.ts"],
          globalSetup: ["runtime/test/services.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "control-plane",
          include: ["hack/e2e/control-plane/*.test.ts"],
          // Each file has a control plane of its own, and mostly waits for it.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["hack/e2e/cluster/**/*.test.ts"],
          globalSetup: ["hack/e2e/cluster/setup.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
