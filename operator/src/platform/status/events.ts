import type { Condition, ProfilePlatformStatus } from "@profile-platform/crds";
import { EVENT_REASON, type EventReason, REASON } from "../../errors.ts";
import type { Correction, Outcome, Restart } from "../apply/outcome.ts";
import { listed, summarize } from "../live/object-id.ts";

/** An Event about the platform, in the words of events.k8s.io/v1. */
export interface PlatformEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: EventReason;
  /** What was done or seen, in one CamelCase word. */
  readonly action: string;
  readonly note: string;
}

/** What happened in one reconcile that somebody may want to know later. */
export function eventsOf(
  outcome: Outcome,
  before: ProfilePlatformStatus | undefined,
  after: ProfilePlatformStatus,
): readonly PlatformEvent[] {
  return [
    ...changes(outcome),
    ...outcome.corrected.map(correction),
    ...outcome.restarted.map(restart),
    ...(outcome.turnExpired ? [TURN_EXPIRED] : []),
    ...transitions(before, after),
    ...platformTransitions(before, after),
  ];
}

function changes({ created, configured, pruned }: Outcome): readonly PlatformEvent[] {
  const normal = (reason: EventReason, action: string, verb: string, objects: readonly string[]) =>
    objects.length === 0
      ? []
      : [{ type: "Normal" as const, reason, action, note: `${verb} ${objects.length}: ${summarize(objects)}` }];
  return [
    ...normal(EVENT_REASON.objectsCreated, "Create", "Objects created", created),
    ...normal(EVENT_REASON.objectsConfigured, "Configure", "Objects changed", configured),
    ...normal(EVENT_REASON.objectsPruned, "Prune", "Objects removed", pruned),
  ];
}

function correction({ object, fields, managers }: Correction): PlatformEvent {
  const who = managers.length === 0 ? "hand" : listed(managers);
  const note =
    fields.length === 0
      ? `${object} was deleted by hand and is made again`
      : `${object} was changed by ${who} and is put back: ${fields.slice(0, 5).join(", ")}${fields.length > 5 ? ", …" : ""}`;
  return { type: "Warning", reason: EVENT_REASON.driftCorrected, action: "Correct", note };
}

/** `StatefulSet a/b: its pods restart, because …`. */
export function restartNote({ object, causes }: Restart): string {
  return `${object}: its pods restart, because ${causes.join("; ")}`;
}

function restart(restarted: Restart): PlatformEvent {
  return { type: "Normal", reason: EVENT_REASON.workloadRestarted, action: "Restart", note: restartNote(restarted) };
}

const TURN_EXPIRED: PlatformEvent = {
  type: "Warning",
  reason: EVENT_REASON.turnExpired,
  action: "Apply",
  note:
    "The platform is not Ready since the operator's new version restarted its pods, and its time for that is up: the " +
    "next platform has its turn. See the components in the status.",
};

function transitions(
  before: ProfilePlatformStatus | undefined,
  after: ProfilePlatformStatus,
): readonly PlatformEvent[] {
  const former = new Map((before?.components ?? []).map(({ name, state }) => [name, state]));
  return (after.components ?? []).flatMap(({ name, state, ready, message }): readonly PlatformEvent[] => {
    if (former.get(name) === state) return [];
    if (state === "Ready") {
      const note = `${name} is ready: ${ready}`;
      return [{ type: "Normal", reason: EVENT_REASON.componentReady, action: "Observe", note }];
    }
    return state === "Failed"
      ? [{ type: "Warning", reason: EVENT_REASON.componentFailed, action: "Observe", note: `${name}: ${message}` }]
      : [];
  });
}

function platformTransitions(
  before: ProfilePlatformStatus | undefined,
  after: ProfilePlatformStatus,
): readonly PlatformEvent[] {
  const events: PlatformEvent[] = [];
  const [wasReady, isReady] = [before, after].map((status) => condition(status, "Ready"));
  if (isReady?.status === "True" && wasReady?.status !== "True") {
    events.push({ type: "Normal", reason: EVENT_REASON.platformReady, action: "Observe", note: isReady.message });
  }
  if (isReady?.status === "False" && wasReady?.status === "True") {
    events.push({ type: "Warning", reason: EVENT_REASON.platformNotReady, action: "Observe", note: isReady.message });
  }
  const [wasPaused, isPaused] = [before, after].map((status) => condition(status, "Paused"));
  if (isPaused !== undefined && isPaused.reason !== wasPaused?.reason) {
    const type = isPaused.reason === REASON.paused ? "Normal" : "Warning";
    events.push({ type, reason: EVENT_REASON.paused, action: "Pause", note: isPaused.message });
  }
  if (isPaused === undefined && wasPaused !== undefined) {
    const note =
      "The roll-out of the spec goes on: what was held back is applied, and what was changed by hand is put back";
    events.push({ type: "Normal", reason: EVENT_REASON.resumed, action: "Resume", note });
  }
  const [wasContested, isContested] = [before, after].map((status) => condition(status, "FieldsContested"));
  if (isContested !== undefined && wasContested === undefined) {
    const { message } = isContested;
    events.push({ type: "Warning", reason: EVENT_REASON.fieldsContested, action: "Apply", note: message });
  }
  events.push(...protectionTransitions(before, after), ...connectionTransitions(before, after));
  const [wasStalled, isStalled] = [before, after].map((status) => condition(status, "Stalled"));
  if (isStalled?.status === "True" && isStalled.message !== wasStalled?.message) {
    events.push({ type: "Warning", reason: EVENT_REASON.stalled, action: "Apply", note: isStalled.message });
  }
  return events;
}

/** Other numbers are news as well. */
function connectionTransitions(
  before: ProfilePlatformStatus | undefined,
  after: ProfilePlatformStatus,
): readonly PlatformEvent[] {
  const [was, is] = [before, after].map((status) => condition(status, "ConnectionsOvercommitted"));
  if (is !== undefined && is.message !== was?.message) {
    const reason = EVENT_REASON.connectionsOvercommitted;
    return [{ type: "Warning", reason, action: "Observe", note: is.message }];
  }
  if (is !== undefined || was === undefined) return [];
  const note = "PostgreSQL accepts as many connections as all pods together may open";
  return [{ type: "Normal", reason: EVENT_REASON.connectionsSuffice, action: "Observe", note }];
}

/** A backup that failed is told of by who had it made. */
function protectionTransitions(
  before: ProfilePlatformStatus | undefined,
  after: ProfilePlatformStatus,
): readonly PlatformEvent[] {
  const [wasArchiving, isArchiving] = [before, after].map((status) => condition(status, "ArchivingHealthy"));
  const [wasBackedUp, isBackedUp] = [before, after].map((status) => condition(status, "BackupHealthy"));
  const events: PlatformEvent[] = [];
  if (isArchiving?.status === "False" && wasArchiving?.status !== "False") {
    const note = isArchiving.message;
    events.push({ type: "Warning", reason: EVENT_REASON.archivingFailing, action: "Observe", note });
  }
  if (isArchiving?.status === "True" && wasArchiving?.status === "False") {
    const note = "The write-ahead log is archived again";
    events.push({ type: "Normal", reason: EVENT_REASON.archivingRecovered, action: "Observe", note });
  }
  if (isBackedUp?.reason === REASON.backupOverdue && wasBackedUp?.reason !== REASON.backupOverdue) {
    const note = isBackedUp.message;
    events.push({ type: "Warning", reason: EVENT_REASON.backupOverdue, action: "Observe", note });
  }
  return events;
}

function condition(status: ProfilePlatformStatus | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((one) => one.type === type);
}
