import * as fc from "fast-check";
import { expect } from "vitest";
import { type CacheLimits, type CacheStore, longestFill } from "../src/cache/store.ts";
import type { Profile } from "../src/profiles/profile.ts";

export const modelLimits: CacheLimits = { maxEntries: 3, newEntryTtl: 86_400_000, updatedEntryTtl: 3_600_000 };

const ids = ["a", "b", "c", "d", "e"] as const;
type Id = (typeof ids)[number];

export type Command =
  | { readonly kind: "fill" | "fillLate" | "update" | "delete"; readonly id: Id }
  | { readonly kind: "pass"; readonly milliseconds: number }
  | { readonly kind: "nextEpoch" };

const id = fc.constantFrom(...ids);
const passed = fc.constantFrom(1_000, longestFill - 1, modelLimits.updatedEntryTtl, modelLimits.newEntryTtl);

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("fill", "update", "delete", "fillLate"), id }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass"), milliseconds: passed }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("nextEpoch") }) },
  ),
  { maxLength: 40 },
);

interface Row {
  version: number;
  writtenAt: number;
  lastWrite: "none" | "update" | "delete";
}

/** What a cache is: a list in the order of first insertion. */
class Model {
  now = 0;
  entries: { readonly id: Id; version: number; expiresAt: number }[] = [];

  live = () => (this.entries = this.entries.filter(({ expiresAt }) => expiresAt > this.now));
  find = (id: Id) => this.live().find((entry) => entry.id === id);
  fill(id: Id, version: number): readonly Id[] {
    if (this.find(id) !== undefined) return [];
    this.entries.push({ id, version, expiresAt: this.now + modelLimits.newEntryTtl });
    return this.entries.splice(0, this.entries.length - modelLimits.maxEntries).map((entry) => entry.id);
  }
  update = (id: Id, version: number) =>
    Object.assign(this.find(id) ?? {}, { version, expiresAt: this.now + modelLimits.updatedEntryTtl });
  delete = (id: Id) => (this.entries = this.entries.filter((entry) => entry.id !== id));
}

/** Runs commands on a store and on the model, and requires that nobody can tell them apart. */
export async function compareWithModel(
  store: CacheStore,
  pass: (milliseconds: number) => Promise<void>,
  sequence: readonly Command[],
): Promise<void> {
  const model = new Model();
  const database = new Map<Id, Row>();
  let epoch = 1;
  await store.get(epoch, ids[0]);
  for (const command of sequence) {
    if (command.kind === "nextEpoch") {
      epoch += 1;
      model.entries = [];
    } else if (command.kind === "pass") {
      model.now += command.milliseconds;
      await pass(command.milliseconds);
    } else {
      const row = database.get(command.id) ?? { version: 1, writtenAt: 0, lastWrite: "none" };
      await runOn(store, model, row, epoch, command.kind, command.id);
      database.set(command.id, row);
    }
    for (const id of ids) expect((await store.get(epoch, id))?.version).toBe(model.find(id)?.version);
    expect(await store.size()).toBe(model.live().length);
  }
}

async function runOn(
  store: CacheStore,
  model: Model,
  row: Row,
  epoch: number,
  kind: "fill" | "fillLate" | "update" | "delete",
  id: Id,
): Promise<void> {
  if (kind === "fill") {
    expect((await store.fill(epoch, profile(id, row.version))).evicted).toEqual(model.fill(id, row.version));
    return;
  }
  if (kind === "fillLate") {
    // A reader that had read before the last write, and offers it now: it must change nothing.
    const possible = row.lastWrite === "update" && model.now - row.writtenAt < longestFill;
    if (possible) await store.fill(epoch, profile(id, row.version - 1));
    return;
  }
  await store.beginWrite(epoch, id, "writer");
  expect(await store.get(epoch, id)).toBeUndefined();
  row.version += 1;
  row.writtenAt = model.now;
  const written = profile(id, row.version);
  // Ids come back here, which the service never lets happen; so what stands for a deletion sets no floor.
  row.lastWrite = kind;
  const effect = kind === "update" ? ({ kind: "updated", profile: written } as const) : ({ kind: "none" } as const);
  expect((await store.endWrite(epoch, id, "writer", effect)).stood).toBe(true);
  if (kind === "update") model.update(id, row.version);
  else model.delete(id);
}

export function profile(id: string, version: number): Profile {
  const time = "2026-01-01T00:00:00.000Z";
  return { id, name: id, email: `${id}@example.org`, images: [], version, createdAt: time, updatedAt: time };
}
