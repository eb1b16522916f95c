import { beforeEach, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import { type Change, Store } from "./store.ts";

function object(name: string, resourceVersion: string, { namespace = "ns", uid = `uid-${name}`, owner = "" } = {}) {
  const metadata = { name, namespace, uid, resourceVersion, labels: { owner } };
  return { apiVersion: "v1", kind: "ConfigMap", metadata } satisfies KubernetesObject;
}

describe("Store", () => {
  let store: Store;
  let changes: Change[];
  let errors: unknown[];

  beforeEach(() => {
    changes = [];
    errors = [];
    const byOwner = ({ metadata }: KubernetesObject): string[] => [metadata.labels?.["owner"] ?? ""];
    store = new Store({ owner: byOwner }, (error) => errors.push(error));
    store.subscribe((change) => changes.push(change));
  });

  it("tells of what is added, updated with what it was, and deleted with its last state", () => {
    const [first, second, last] = [object("a", "1"), object("a", "2"), object("a", "3")];
    store.set(first, true);
    store.set(second);
    store.delete(last);
    store.delete(last);
    expect(changes).toEqual([
      { type: "added", object: first, initial: true },
      { type: "updated", object: second, previous: first, initial: false },
      { type: "deleted", object: last, initial: false },
    ]);
    expect(store.list()).toEqual([]);
  });

  it("keeps indexes true through changes", () => {
    store.set(object("a", "1", { owner: "x" }));
    store.set(object("b", "1", { owner: "x" }));
    store.set(object("a", "2", { owner: "y" }));
    store.delete(object("b", "1"));
    expect(store.byIndex("owner", "x")).toEqual([]);
    expect(store.byIndex("owner", "y")).toEqual([object("a", "2", { owner: "y" })]);
    expect(() => store.byIndex("other", "")).toThrow("the store has no index other: give its indexer to watch()");
  });

  it("tells of an object that was deleted and made again unseen as both", () => {
    store.set(object("a", "1"));
    store.set(object("a", "9", { uid: "new" }));
    expect(changes.map(({ type, object }) => [type, object.metadata.uid])).toEqual([
      ["added", "uid-a"],
      ["deleted", "uid-a"],
      ["added", "new"],
    ]);
  });

  it("replaces only within the namespace that was listed", () => {
    store.set(object("a", "1"));
    store.set(object("b", "1"));
    store.set(object("c", "1", { namespace: "other" }));
    changes.length = 0;
    store.replace([object("b", "2")], { namespace: "ns", initial: false });
    expect(changes.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(["deleted a", "updated b"]);
    expect(store.get("other", "c")).toBeDefined();
  });

  it("lets a namespace go without a word", () => {
    store.set(object("a", "1", { owner: "x" }));
    changes.length = 0;
    store.drop("ns");
    expect(store.list()).toEqual([]);
    expect(store.byIndex("owner", "x")).toEqual([]);
    expect(changes).toEqual([]);
  });

  it("goes on with the next handler when one throws", () => {
    const heard: string[] = [];
    const failing = new Store({}, (error) => errors.push(error));
    failing.subscribe(() => {
      throw new Error("bad handler");
    });
    const end = failing.subscribe(({ object }) => heard.push(object.metadata.name));
    failing.set(object("a", "1"));
    end();
    failing.set(object("b", "1"));
    expect(heard).toEqual(["a"]);
    expect(errors).toEqual([new Error("bad handler"), new Error("bad handler")]);
  });
});
