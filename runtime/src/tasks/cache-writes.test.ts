import { expect, test } from "vitest";
import { profile } from "../../test/cache-model.ts";
import type { Written } from "../cache/cache.ts";
import type { WriteEffect } from "../cache/store.ts";
import { writeProfiles } from "./cache-writes.ts";

/** A cache that notes when a profile's fence goes up, and with what effect it comes down. */
function notingCache() {
  const notes: (string | readonly [string, WriteEffect])[] = [];
  return {
    notes,
    async write<T>(id: string, commit: () => Promise<Written<T>>): Promise<T> {
      notes.push(id);
      const { result, effect } = await commit();
      notes.push([id, effect]);
      return result;
    },
  };
}

test("all profiles are fenced before the transaction, and told of what it did to each afterwards", async () => {
  const cache = notingCache();
  const updated: WriteEffect = { kind: "updated", profile: profile("b", 2) };
  const written = await writeProfiles(cache, ["a", "b"], async () => {
    cache.notes.push("committed");
    return { result: 5, effects: new Map([["b", updated]]) };
  });
  expect(written.result).toBe(5);
  expect(cache.notes).toEqual(["a", "b", "committed", ["b", updated], ["a", { kind: "none" }]]);
});

test("without profiles the transaction is all there is", async () => {
  const cache = notingCache();
  const written = await writeProfiles(cache, [], async () => ({ result: 5, effects: new Map() }));
  expect([written.result, cache.notes]).toEqual([5, []]);
});
