import type { Component } from "../../component.ts";
import { jobFootprint } from "../../kit/footprint.ts";
import { jobHealth } from "../../kit/health/job.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./configuration.ts";
import { PLACE } from "./place.ts";
import { RESOURCES } from "./pod.ts";
import { stanzaJob, stanzaJobName } from "./stanza-job.ts";

/** What works on the repository: a Job that prepares it, and those of PlatformBackups, which their controller makes. */
export const postgresqlBackup: Component = {
  ...PLACE,
  // A Job that starts without them uses up its attempts.
  dependsOn: [
    { component: "postgresql", before: "change" },
    { component: "postgresql-repository", before: "change" },
  ],
  ports: {},
  connects: () => [{ to: "postgresql", port: "pgbackrest" }],
  exposedPorts: () => [],
  enabled: ({ postgresql }) => postgresql.backup !== undefined,
  resources: (model) => {
    const { backup } = model.postgresql;
    if (backup === undefined) return [];
    return [serviceAccount(model, PLACE), configMap(model, backup), stanzaJob(model)];
  },
  // The one that prepares it, and a backup.
  footprint: ({ postgresql }) =>
    postgresql.backup === undefined ? [] : [jobFootprint(RESOURCES), jobFootprint(RESOURCES)],
  health: (observed, model) => jobHealth(observed, stanzaJobName(model)),
  endpoint: () => undefined,
};
