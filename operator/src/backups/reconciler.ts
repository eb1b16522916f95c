import type { PlatformBackup, PlatformBackupStatus, ProfilePlatform } from "@profile-platform/crds";
import { backupJob, backupJobName } from "../components/data-layer/postgresql-backup/backup-job.ts";
import { PLACE } from "../components/data-layer/postgresql-backup/place.ts";
import { endOfJob } from "../components/kit/health/job.ts";
import type { PlatformModel } from "../components/model.ts";
import type { ReadableStore } from "../engine/cache/store.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import { ApiError } from "../engine/client/api-error.ts";
import type { ReconcileContext, ReconcileOutcome, Reconciler } from "../engine/controller/controller.ts";
import type { EventRecorder } from "../engine/events/event-recorder.ts";
import type { Clock } from "../engine/kit/clock.ts";
import { EVENT_REASON } from "../errors.ts";
import type { ImageCatalogue } from "../images.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { BACKUP_TYPE, JOB_TYPE } from "../platform/live/kinds.ts";
import type { Stores } from "../platform/live/live-objects.ts";
import { BY_NAMED_PLATFORM } from "../platform/live/watches.ts";
import { NO_CREDENTIALS } from "../platform/plan/gather-credentials.ts";
import type { PlatformIdentity } from "../platform/plan/identity.ts";
import { InvalidSpecError, resolve } from "../platform/plan/resolve.ts";
import { awaited } from "./awaited.ts";
import { byAge, isOpen, phaseOf, scheduledFor } from "./backups.ts";
import { outdated } from "./outdated.ts";
import { readResult } from "./read-result.ts";
import { asObject, BackupRequests } from "./requests.ts";
import { nextDue } from "./schedule.ts";
import { scheduledBackup } from "./scheduled-backup.ts";
import { failed, pending, running, succeeded } from "./status.ts";

/** The cache may not have heard of a platform, or of its newest spec, when it hears of a backup of it. */
const BEHIND_MS = 1_000;
/** Timers of Node.js reach no further than 24 days. */
const LONGEST_WAIT_MS = 86_400_000;

export interface BackupReconcilerOptions {
  /** Fenced. */
  readonly client: ApiClient;
  readonly platforms: ReadableStore;
  readonly backups: ReadableStore;
  readonly stores: Stores;
  readonly recorder: Pick<EventRecorder, "record">;
  readonly images: ImageCatalogue;
  readonly operator: PlatformModel["operator"];
  readonly clock: Pick<Clock, "now">;
}

/** A reconcile of the backups of one platform that makes some. */
interface Round {
  readonly identity: PlatformIdentity;
  readonly model: PlatformModel;
  readonly namespace: string;
  readonly platform: ProfilePlatform;
  readonly requests: BackupRequests;
  readonly signal: AbortSignal;
}

/**
 * Looks after the PlatformBackups of one platform, which is the key: makes those that the schedule asks for, has one at a
 * time carried out by a Job, and says what became of it.
 */
export class BackupReconciler implements Reconciler {
  readonly #options: BackupReconcilerOptions;
  /** Platform → when the last one was made by its schedule, of which the cache may not have heard yet. */
  readonly #lastScheduled = new Map<string, { readonly uid: string; readonly at: number }>();

  constructor(options: BackupReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(name: string, { signal }: ReconcileContext): Promise<ReconcileOutcome> {
    const { client, platforms, backups } = this.#options;
    const platform = platforms.get(undefined, name) as ProfilePlatform | undefined;
    const found = byAge(backups.byIndex(BY_NAMED_PLATFORM, name) as unknown as readonly PlatformBackup[]).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    const requests = new BackupRequests(client, signal);
    if (platform === undefined) this.#lastScheduled.delete(name);
    if (platform?.metadata.deletionTimestamp !== undefined) return {};
    if (!makesBackups(platform)) return this.#refuse(name, found.filter(isOpen), requests);
    const round = this.#begin(platform, requests, signal);
    if (round === undefined) return {};
    try {
      return await this.#carryOut(round, found);
    } catch (error) {
      // The cache has not heard of the last write yet, or the backup is gone: what changed is told in a moment.
      if (error instanceof ApiError && (error.isConflict || error.isNotFound)) return { requeueAfterMs: BEHIND_MS };
      throw error;
    }
  }

  /** Undefined for a platform that cannot be carried out: its own status says why. */
  #begin(platform: ProfilePlatform, requests: BackupRequests, signal: AbortSignal): Round | undefined {
    const { images, operator } = this.#options;
    const { name, uid } = platform.metadata;
    if (uid === undefined) return undefined;
    try {
      const model = resolve(platform, { images, operator, credentials: NO_CREDENTIALS, signingKeys: undefined });
      const namespace = model.namespaces[PLACE.layer];
      return { identity: { name, uid }, model, namespace, platform, requests, signal };
    } catch (error) {
      if (error instanceof InvalidSpecError) return undefined;
      throw error;
    }
  }

  async #carryOut(round: Round, found: readonly PlatformBackup[]): Promise<ReconcileOutcome> {
    let adopted = false;
    for (const backup of found) adopted = (await round.requests.adopt(backup, round.identity)) || adopted;
    // They have changed, and are looked at again as they are now.
    if (adopted) return { requeueAfterMs: BEHIND_MS };
    const [current] = found.filter((backup) => phaseOf(backup) === "Running");
    const waiting = found.filter((backup) => phaseOf(backup) === "Pending");
    if (current === undefined) await this.#startNext(waiting, round);
    else await this.#follow(current, waiting, round);
    for (const backup of outdated(found)) await round.requests.remove(backup);
    return { requeueAfterMs: await this.#schedule(found, round) };
  }

  /** Backups of a platform that there is not, or that makes none. */
  async #refuse(name: string, open: readonly PlatformBackup[], requests: BackupRequests): Promise<ReconcileOutcome> {
    if (open.length === 0) return {};
    const platform = await requests.readPlatform(name);
    if (makesBackups(platform)) return { requeueAfterMs: BEHIND_MS };
    const message =
      platform === undefined
        ? `there is no ProfilePlatform "${name}": see kubectl get profileplatforms, and create another PlatformBackup`
        : `ProfilePlatform "${name}" makes no backups: set spec.postgresql.backup, and create another PlatformBackup`;
    for (const backup of open) {
      const [namespace, job] = backup.status?.job?.split("/") ?? [];
      if (namespace !== undefined && job !== undefined) await requests.removeJob(namespace, job);
      await this.#end(backup, failed(backup, message, this.#options.clock.now()), requests, platform);
    }
    return {};
  }

  async #startNext([next, ...others]: readonly PlatformBackup[], round: Round): Promise<void> {
    if (next === undefined) return;
    const { model, requests } = round;
    const reason = awaited(model, this.#options.stores);
    if (reason === undefined) await this.#run(next, round);
    else await requests.writeStatus(next, pending(next, reason));
    for (const other of others) await requests.writeStatus(other, pending(other, `waits for ${next.metadata.name}`));
  }

  async #run(backup: PlatformBackup, { model, namespace, requests }: Round): Promise<void> {
    const { name, uid = "" } = backup.metadata;
    const job = backupJob(model, { name, uid }, backup.spec);
    await requests.create(JOB_TYPE, job);
    await requests.writeStatus(backup, running(backup, `${namespace}/${job.metadata.name}`, this.#options.clock.now()));
  }

  async #follow(current: PlatformBackup, waiting: readonly PlatformBackup[], round: Round): Promise<void> {
    const { namespace, requests, platform, signal } = round;
    const { clock, client, stores } = this.#options;
    const { name, uid = "" } = current.metadata;
    const job = stores.get("Job")?.get(namespace, backupJobName({ name, uid }));
    const end = job && endOfJob(job);
    if (job === undefined) {
      // Somebody deleted it, or the cache has yet to hear of it. What was made is found again, and not made twice.
      await this.#run(current, round);
    } else if (end !== undefined) {
      const result = await readResult(client, namespace, uid, signal);
      const ended =
        result !== undefined && "label" in result && end.type === "Complete"
          ? succeeded(current, result, clock.now())
          : failed(current, failureOf(job, result), clock.now());
      await this.#end(current, ended, requests, platform);
    }
    for (const other of waiting) await requests.writeStatus(other, pending(other, `waits for ${name}`));
  }

  /** Says how a backup has ended, and tells of it: on the backup itself, of a failure on the platform as well. */
  async #end(
    backup: PlatformBackup,
    status: PlatformBackupStatus,
    requests: BackupRequests,
    platform: ProfilePlatform | undefined,
  ): Promise<void> {
    const { recorder } = this.#options;
    if (!(await requests.writeStatus(backup, status))) return;
    const { name } = backup.metadata;
    if (status.phase === "Succeeded") {
      const note = `${status.type ?? backup.spec.type} backup ${status.label ?? ""} was made`;
      recorder.record(asObject(backup), {
        type: "Normal",
        reason: EVENT_REASON.backupSucceeded,
        action: "Backup",
        note,
      });
      return;
    }
    const event = { type: "Warning", reason: EVENT_REASON.backupFailed, action: "Backup" } as const;
    const note = `${backup.spec.type} backup ${name} failed: ${status.message ?? ""}`;
    recorder.record(asObject(backup), { ...event, note });
    if (platform !== undefined) recorder.record(platform as unknown as KubernetesObject, { ...event, note });
  }

  /**
   * Makes the backup that is due; returns in how many milliseconds the next one is. Times that passed meanwhile are made
   * up for once; the first one of all is made at once.
   */
  async #schedule(found: readonly PlatformBackup[], { model, identity, requests }: Round): Promise<number> {
    const { backup } = model.postgresql;
    if (backup === undefined) return LONGEST_WAIT_MS;
    const now = this.#options.clock.now();
    const scheduled = found.filter((one) => scheduledFor(one) !== undefined);
    const known = this.#lastScheduled.get(identity.name);
    const last = Math.max(
      ...scheduled.map((one) => scheduledFor(one) ?? -Infinity),
      known?.uid === identity.uid ? known.at : -Infinity,
    );
    const due = last === -Infinity ? now : nextDue(backup.schedule, last);
    if (due > now) return Math.min(due - now, LONGEST_WAIT_MS);
    // Its end wakes this platform again.
    if (scheduled.some(isOpen)) return LONGEST_WAIT_MS;
    await requests.create(BACKUP_TYPE, scheduledBackup(identity, now));
    this.#lastScheduled.set(identity.name, { uid: identity.uid, at: now });
    return Math.min(nextDue(backup.schedule, now) - now, LONGEST_WAIT_MS);
  }
}

function makesBackups(platform: ProfilePlatform | undefined): platform is ProfilePlatform {
  // What was never sent to a server may lack any part of it.
  return (platform?.spec as Partial<ProfilePlatform["spec"]> | undefined)?.postgresql?.backup !== undefined;
}

function failureOf(job: KubernetesObject, result: Awaited<ReturnType<typeof readResult>>): string {
  const log = `kubectl logs -n ${job.metadata.namespace ?? ""} job/${job.metadata.name}`;
  if (result !== undefined && "error" in result) return `${result.error} (${log})`;
  return `its Job ended without saying what became of it (${log})`;
}
