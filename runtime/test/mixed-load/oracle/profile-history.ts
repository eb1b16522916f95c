import type { FindingKind } from "./finding.ts";
import type { Ledger } from "./ledger.ts";
import { at, describeReading, lingering, type Reading } from "./moment.ts";
import { describeShown, type Expected, matches, type Shown } from "./shown.ts";

/** A write of one profile, at the version that its writer took for the current one. */
export interface ProfileWrite {
  readonly kind: "create" | "update" | "upload" | "delete";
  /** The version that it requires (`If-Match`); 0 for a creation. */
  readonly base: number;
  readonly leaves: Expected | "gone";
  readonly sentAt: number;
}

/** A write that is known to have happened. */
interface Done {
  write: ProfileWrite;
  readonly leaves: Expected | "gone";
  /** Undefined when it was read, and never acknowledged. */
  acknowledgedAt: number | undefined;
  /** Reads that are sent from this moment on have to show it, or what came after it. */
  bindingFrom: number;
}

export interface Creation {
  readonly id: string;
  readonly text: string;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
}

/**
 * What one profile may show. It has one writer at a time, who requires with each write the version that it found last;
 * so of all writes that require one version at most one happens, and what became of those that were not answered is
 * settled by the next read or the next acknowledged write.
 */
export class ProfileHistory {
  readonly id: string;
  readonly #ledger: Ledger;
  /** In the order of their versions; the last one may be a deletion. */
  readonly #done: Done[];
  /** Writes that may have happened, or may yet. All of them require the current version. */
  readonly #open = new Set<ProfileWrite>();

  constructor({ id, text, sentAt, acknowledgedAt }: Creation, ledger: Ledger) {
    this.id = id;
    this.#ledger = ledger;
    const leaves: Expected = { version: 1, text, images: [] };
    const write: ProfileWrite = { kind: "create", base: 0, leaves, sentAt };
    this.#done = [{ write, leaves, acknowledgedAt, bindingFrom: acknowledgedAt }];
    ledger.acknowledge("create");
  }

  /** What the next write starts from. */
  get current(): Expected | "gone" {
    return this.#newest.leaves;
  }

  beginUpdate(text: string, sentAt: number): ProfileWrite {
    const { version, images } = this.#existing();
    return this.#begin({ kind: "update", base: version, leaves: { version: version + 1, text, images }, sentAt });
  }

  beginUpload(sentAt: number): ProfileWrite {
    const { version, text, images } = this.#existing();
    const leaves = { version: version + 1, text, images: [...images, undefined] };
    return this.#begin({ kind: "upload", base: version, leaves, sentAt });
  }

  beginDelete(sentAt: number): ProfileWrite {
    return this.#begin({ kind: "delete", base: this.#existing().version, leaves: "gone", sentAt });
  }

  /** @param shown what the write was answered with; "gone" for a deletion */
  acknowledged(write: ProfileWrite, shown: Shown | "gone", answeredAt: number): void {
    this.#ledger.acknowledge(write.kind);
    const read = this.#done.find((done) => done.write === write) ?? this.#takenForAnother(write, shown);
    if (!fits(read?.leaves ?? write.leaves, shown)) {
      this.#find("wrong-answer", write, `it was answered with ${describeShown(shown)}`, answeredAt);
    }
    if (read !== undefined) {
      read.write = write;
      read.acknowledgedAt = answeredAt;
      read.bindingFrom = Math.min(read.bindingFrom, answeredAt);
      return;
    }
    const rival = this.#done.find((done) => done.write.base === write.base);
    if (rival !== undefined) {
      this.#findDone("lost-write", rival, `${describe(write)} took its place ${at(answeredAt)}`);
      return;
    }
    this.#append({ write, leaves: shown, acknowledgedAt: answeredAt, bindingFrom: answeredAt });
  }

  /** Of deletions and uploads at one version, a read does not tell which has happened: it was taken for the first. */
  #takenForAnother(write: ProfileWrite, shown: Shown | "gone"): Done | undefined {
    return this.#done.find(
      (done) => done.write.base === write.base && done.acknowledgedAt === undefined && fits(done.leaves, shown),
    );
  }

  /** The write was refused, and certainly did not happen. */
  refused(write: ProfileWrite): void {
    this.#open.delete(write);
  }

  /** The write was not answered, or with an error after which it may have happened: it stays open. */
  doubtful(): void {
    this.#ledger.doubt();
  }

  /**
   * The write was refused because the profile is at another version, or gone. It may be, if a write that nobody knew
   * the end of has happened meanwhile.
   *
   * @returns whether that can be
   */
  conflicted(write: ProfileWrite, status: 404 | 412, { answeredAt, from }: Omit<Reading, "sentAt">): boolean {
    this.#open.delete(write);
    const newest = this.#newest;
    if (newest.leaves === "gone" || newest.leaves.version > write.base) return true;
    if ([...this.#open].some(({ leaves }) => (leaves === "gone") === (status === 404))) return true;
    this.#findDone("lost-write", newest, `${describe(write)} was refused ${at(answeredAt)} by ${from} with ${status}`);
    return false;
  }

  /**
   * Holds what a read showed against what it may show, and learns from it.
   *
   * @param last whether this is the reading at the end, when whatever is missing stays missing
   */
  read(shown: Shown | "gone", reading: Reading, last = false): void {
    this.#ledger.check();
    const binding = this.#done.findLast(({ bindingFrom }) => bindingFrom <= reading.sentAt);
    const missing = last ? "lost-write" : "stale-read";
    if (shown === "gone") {
      if (this.current === "gone") return;
      const deletion = [...this.#open].find(({ leaves }) => leaves === "gone");
      if (deletion !== undefined) this.#learn(deletion, shown, reading.answeredAt);
      else this.#findDone(missing, this.#newest, describeReading(describeShown(shown), reading));
      return;
    }
    if (binding !== undefined && (binding.leaves === "gone" || shown.version < binding.leaves.version)) {
      this.#findDone(missing, binding, describeReading(describeShown(shown), reading));
      return;
    }
    const known = this.#done.find(({ leaves }) => leaves !== "gone" && leaves.version === shown.version);
    if (known !== undefined) {
      if (!fits(known.leaves, shown))
        this.#findDone("wrong-read", known, describeReading(describeShown(shown), reading));
      return;
    }
    const happened = [...this.#open].find(({ leaves }) => fits(leaves, shown));
    if (happened !== undefined) {
      this.#learn(happened, shown, reading.answeredAt);
      return;
    }
    const newest = this.#newest;
    const again = newest.leaves !== "gone" && newest.leaves.text === shown.text;
    this.#findDone(again ? "double-effect" : "wrong-read", newest, describeReading(describeShown(shown), reading));
  }

  get #newest(): Done {
    const newest = this.#done.at(-1);
    if (newest === undefined) throw new Error("a history begins with a creation");
    return newest;
  }

  #existing(): Expected {
    const { current } = this;
    if (current === "gone") throw new Error(`profile ${this.id} is gone: there is nothing to write`);
    return current;
  }

  #begin(write: ProfileWrite): ProfileWrite {
    this.#open.add(write);
    return write;
  }

  #learn(write: ProfileWrite, shown: Shown | "gone", readAt: number): void {
    this.#append({ write, leaves: shown, acknowledgedAt: undefined, bindingFrom: readAt + lingering });
  }

  #append(done: Done): void {
    this.#done.push(done);
    // They required a version that is not the current one any more.
    this.#open.clear();
  }

  #findDone(kind: FindingKind, { write, acknowledgedAt }: Done, read: string): void {
    this.#find(kind, write, read, acknowledgedAt);
  }

  #find(kind: FindingKind, write: ProfileWrite, read: string, acknowledgedAt?: number): void {
    const known = acknowledgedAt === undefined ? "never acknowledged" : `acknowledged ${at(acknowledgedAt)}`;
    this.#ledger.find({ kind, profile: this.id, write: `${describe(write)}, ${known}`, read });
  }
}

function fits(leaves: Expected | "gone", shown: Shown | "gone"): boolean {
  if (leaves === "gone" || shown === "gone") return leaves === shown;
  return matches(leaves, shown);
}

function describe({ kind, base, leaves, sentAt }: ProfileWrite): string {
  const what =
    leaves === "gone" ? `delete at version ${base}` : `${kind} to version ${leaves.version} with "${leaves.text}"`;
  return `${what}, sent ${at(sentAt)}`;
}
