import type { Component } from "../../component.ts";
import { jobFootprint } from "../../kit/footprint.ts";
import { jobHealth } from "../../kit/health/job.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { job, jobName, RESOURCES } from "./job.ts";
import { PLACE } from "./place.ts";

/** Brings the database's schema to the version that server and worker expect. */
export const migrations: Component = {
  ...PLACE,
  // A Job that starts without its database uses up its attempts.
  dependsOn: [{ component: "postgresql", before: "change" }],
  ports: {},
  connects: () => [{ to: "postgresql", port: "postgresql" }],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [serviceAccount(model, PLACE), job(model)],
  footprint: () => [jobFootprint(RESOURCES)],
  health: (observed, model) => jobHealth(observed, jobName(model)),
  endpoint: () => undefined,
};
