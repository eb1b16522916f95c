import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Seconds that files take, of those that take long. Begun last, one of them would run alone at the end; Vitest itself
 * knows durations only where it has run before. They need not be exact.
 */
const SECONDS: Readonly<Record<string, number>> = {
  "crash-writes": 400,
  "crash-changes": 350,
  "crash-upgrade": 155,
  "operator-deletion-ways": 145,
  // Of the services, also the robustness tests.
  "events.service": 130,
  "operator-upgrade": 115,
  "two-leaders": 115,
  "load-outages.service": 100,
  "cache-outage.service": 100,
  "operator-signing-keys": 100,
  "class-o-nonsense-is-answered": 95,
  "task-control.service": 90,
  "faults-answers": 90,
  "dev.service": 80,
  "stale-lists": 75,
  "class-h-drift-is-undone": 75,
  "class-g-bad-values-are-recovered-from": 75,
  "webhook-fails": 75,
  "apply-layers": 68,
  "killed-pods": 67,
  "faults.service": 70,
  deletion: 65,
  "faults-soak": 65,
  "class-e-removal-is-propagated": 60,
  "class-d-every-field-has-an-effect": 60,
  "postgresql-failover": 180,
  "operator-restarts": 55,
  "engine-connections": 50,
  "operator-deletion": 50,
  "operator-refusals": 50,
  "engine-leader": 45,
  "long-tasks.service": 45,
  "overload.service": 45,
  "task-kills.service": 45,
  "replica.service": 45,
  "token-keys.service": 45,
  drift: 45,
  "class-k-at-rest": 45,
  "faults-connections": 40,
  "class-j-nothing-is-disrupted": 40,
  "listing.service": 35,
  "shards.service": 30,
  "reshard.service": 30,
  "network-policies": 30,
  "metrics-stay-inside": 15,
  "operator-killed": 21,
  "at-rest": 9,
  "foreign-objects": 7,
  "apply-to-ready": 2,
};
/** Of these, several files run at a time. */
const PROJECTS = new Set([
  "service",
  "control-plane",
  "cluster",
  "robustness-control-plane",
  "robustness-measured",
  "robustness-service",
  "robustness-service-measured",
]);
/** Of every other file. */
const SHORT_SECONDS = 25;

/** The order in which files are begun: the longest first, so that the workers end together. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const longest = sorted.filter(isOurs).sort((a, b) => groupOf(a) - groupOf(b) || secondsOf(b) - secondsOf(a));
    // Those of other projects keep their places.
    return sorted.map((file) => (isOurs(file) ? (longest.shift() ?? file) : file));
  }
}

function isOurs({ project }: TestSpecification): boolean {
  return PROJECTS.has(project.name);
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function secondsOf({ moduleId }: TestSpecification): number {
  return SECONDS[basename(moduleId, ".test.ts")] ?? SHORT_SECONDS;
}
