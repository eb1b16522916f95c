import type { FindingKind } from "./finding.ts";
import type { Ledger } from "./ledger.ts";
import { at, describeReading, lingering, type Reading } from "./moment.ts";
import { describeShown, type Shown } from "./shown.ts";

/** A delayed task that was acknowledged. */
export interface AcknowledgedTask {
  readonly id: string;
  /** What it writes into the profile, and no other does. */
  readonly text: string;
}

/** What a task shows of itself. */
export interface ShownTask {
  readonly status: string;
  /** The version that it gave the profile; absent until it has succeeded. */
  readonly version?: number;
}

interface Tracked {
  id: string | undefined;
  readonly text: string;
  acknowledgedAt: number | undefined;
  /** Its version, and when it was first read to have succeeded. */
  success: { readonly version: number; readonly readAt: number } | undefined;
  /** Whether it was read to be gone, or to have ended otherwise. */
  failed: boolean;
}

const endedInVain: ReadonlySet<string> = new Set(["failed", "cancelled"]);

/**
 * What a profile may show that nobody but delayed tasks writes. Nobody knows when a task takes effect; but each does
 * once, so every version is that of one task, and at the end there are as many as there were tasks.
 */
export class TaskHistory {
  /** Of the profile. */
  readonly id: string;
  readonly #ledger: Ledger;
  readonly #first: string;
  readonly #tasks = new Map<string, Tracked>();
  /** The text that was read at each version, and the version that each text was read at, first. */
  readonly #texts = new Map<number, string>();
  readonly #versions = new Map<string, number>();
  /** Versions that reads have to show from some moment on, growing, with the task that each is of. */
  readonly #binding: { readonly version: number; readonly from: number; readonly task: Tracked }[] = [];

  /** @param text what the profile showed before any task */
  constructor(id: string, text: string, ledger: Ledger) {
    this.id = id;
    this.#ledger = ledger;
    this.#first = text;
    this.#note(1, text);
  }

  begin(text: string): void {
    this.#tasks.set(text, { id: undefined, text, acknowledgedAt: undefined, success: undefined, failed: false });
  }

  acknowledged(text: string, id: string, answeredAt: number): void {
    const task = this.#task(text);
    task.id = id;
    task.acknowledgedAt = answeredAt;
    this.#ledger.acknowledge("delay");
  }

  /** It was not answered, or with an error after which it may have been scheduled. */
  doubtful(): void {
    this.#ledger.doubt();
  }

  /** It was refused, and certainly not scheduled. */
  refused(text: string): void {
    this.#tasks.delete(text);
  }

  /** Acknowledged tasks. */
  get acknowledgedTasks(): readonly AcknowledgedTask[] {
    return [...this.#tasks.values()].flatMap(({ id, text }) => (id === undefined ? [] : [{ id, text }]));
  }

  /** Those of which nobody has read an end. */
  get unended(): readonly AcknowledgedTask[] {
    return this.acknowledgedTasks.filter(({ text }) => {
      const { success, failed } = this.#task(text);
      return success === undefined && !failed;
    });
  }

  /** Holds what a read of the profile showed against what it may show. */
  read(shown: Shown | "gone", reading: Reading): void {
    this.#ledger.check();
    const binding = this.#binding.findLast(({ from }) => from <= reading.sentAt);
    const read = describeReading(describeShown(shown), reading);
    if (shown === "gone" || shown.version < (binding?.version ?? 1)) {
      this.#find("stale-read", binding?.task, read);
      return;
    }
    const { version, text } = shown;
    const task = this.#tasks.get(text);
    if (task === undefined && (text !== this.#first || version !== 1)) this.#find("wrong-read", undefined, read);
    else if (version > 1 + this.#tasks.size) this.#find("double-effect", task, read);
    else if (task !== undefined) this.#checkEffect(task, version, read);
  }

  /** Holds what a read of an acknowledged task showed against what it may show. @param shown undefined for 404 */
  readTask(text: string, shown: ShownTask | undefined, reading: Reading): void {
    this.#ledger.check();
    const task = this.#task(text);
    const read = describeReading(shown === undefined ? "no such task" : `the status ${shown.status}`, reading);
    if (shown === undefined) {
      task.failed = true;
      this.#find("lost-write", task, read);
    } else if (endedInVain.has(shown.status)) {
      task.failed = true;
      this.#find("unended-task", task, read);
    } else if (shown.version === undefined) {
      // Tasks are read where they are written, never from a cache: what one has read, all read afterwards.
      if (task.success !== undefined && task.success.readAt <= reading.sentAt) this.#find("stale-read", task, read);
    } else if (task.success === undefined) {
      task.success = { version: shown.version, readAt: reading.answeredAt };
      this.#checkEffect(task, shown.version, read);
      this.#bind(task, shown.version, reading.answeredAt + lingering);
    } else if (task.success.version !== shown.version) {
      this.#find("double-effect", task, `${read} with version ${shown.version}`);
    }
  }

  /** Holds the profile at the end, with each task acknowledged and read once more, against what all of them made of it. */
  conclude(shown: Shown | "gone", reading: Reading): void {
    this.#ledger.check();
    const read = describeReading(describeShown(shown), reading);
    if (shown === "gone") {
      this.#find("lost-write", undefined, read);
      return;
    }
    const owners = this.#owners(shown.version, read);
    const owner = owners.get(shown.version);
    if (owner !== undefined && owner.text !== shown.text) this.#find("wrong-read", owner, read);
    const allSucceeded = [...this.#tasks.values()].every(({ success }) => success !== undefined);
    for (let version = 2; version <= shown.version; version += 1) {
      if (owners.has(version)) continue;
      const text = version === shown.version ? shown.text : this.#texts.get(version);
      const task = text === undefined ? undefined : this.#tasks.get(text);
      if (task?.success !== undefined) this.#find("double-effect", task, read);
      // One without a version may have made it.
      else if (task === undefined && allSucceeded) this.#find("double-effect", undefined, read);
    }
  }

  /** Whose each version up to the last one is. Tasks without one have not ended, or their effect is lost. */
  #owners(last: number, read: string): ReadonlyMap<number, Tracked> {
    const owners = new Map<number, Tracked>();
    for (const task of this.#tasks.values()) {
      const { id, success, failed } = task;
      if (success === undefined) {
        if (id !== undefined && !failed) this.#find("unended-task", task, read);
      } else if (success.version > last || owners.has(success.version)) {
        this.#find("lost-write", task, read);
      } else {
        owners.set(success.version, task);
      }
    }
    return owners;
  }

  #checkEffect(task: Tracked, version: number, read: string): void {
    const earlier = task.success?.version ?? this.#versions.get(task.text) ?? version;
    const other = this.#texts.get(version) ?? task.text;
    if (earlier !== version) this.#find("double-effect", task, `${read}, after version ${earlier}`);
    else if (other !== task.text) this.#find("wrong-read", task, `${read}, after "${other}" at the same version`);
    this.#note(version, task.text);
  }

  #note(version: number, text: string): void {
    if (!this.#texts.has(version)) this.#texts.set(version, text);
    if (!this.#versions.has(text)) this.#versions.set(text, version);
  }

  #bind(task: Tracked, version: number, from: number): void {
    if (version > (this.#binding.at(-1)?.version ?? 1)) this.#binding.push({ version, from, task });
  }

  #task(text: string): Tracked {
    const task = this.#tasks.get(text);
    if (task === undefined) throw new Error(`no task "${text}" was begun on profile ${this.id}`);
    return task;
  }

  #find(kind: FindingKind, task: Tracked | undefined, read: string): void {
    this.#ledger.find({ kind, profile: this.id, write: this.#describe(task), read });
  }

  #describe(task: Tracked | undefined): string {
    if (task === undefined) return `one of ${this.#tasks.size} tasks`;
    const { id, text, acknowledgedAt } = task;
    const known = acknowledgedAt === undefined ? "never acknowledged" : `acknowledged ${at(acknowledgedAt)}`;
    return `task ${id ?? "of unknown id"} with "${text}", ${known}`;
  }
}
