import { Cron } from "croner";

/**
 * The first time after `after` that a schedule names, in milliseconds since the epoch; `Infinity` where there is none.
 * Five fields, read as UTC: there is no hour that comes twice or never. Throws for what the schema refuses.
 */
export function nextDue(schedule: string, after: number): number {
  // Never started: only asked for times.
  const next = new Cron(schedule, { paused: true, timezone: "UTC", mode: "5-part" }).nextRun(new Date(after));
  return next?.getTime() ?? Infinity;
}
