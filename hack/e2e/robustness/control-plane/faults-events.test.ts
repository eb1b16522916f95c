import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  changeEvents,
  delayEvents,
  dropEvents,
  duplicateEvents,
  mergeEvents,
  type WatchEvent,
  withholdBookmarks,
} from "../../../faults/index.ts";
import { type FaultBench, type Inject, startFaultBench } from "../../control-plane/support/fault-bench.ts";
import { eventually } from "../../support/eventually.ts";

let faults: FaultBench;

beforeAll(async () => {
  faults = await startFaultBench(["one", "two"]);
});

afterEach(async () => {
  expect(await faults.wrong()).toEqual([]);
});

afterAll(() => faults?.stop());

function changing(stage: Parameters<typeof changeEvents>[0]): Inject {
  return () => {
    const rule = faults.proxy.rule({ fault: changeEvents(stage) });
    return () => rule.remove();
  };
}

describe("what somebody changes is put right within a second", () => {
  test.each([
    ["sent twice", duplicateEvents()],
    ["merged over 200 ms", mergeEvents(200)],
    ["200 ms late", delayEvents(200)],
    ["without bookmarks", withholdBookmarks],
  ])("when events are %s", async (name, stage) => {
    expect(await faults.late(`events ${name}`, changing(stage))).toEqual([]);
  });
});

// An API server never loses an event of a watch that goes on; a client cannot tell that one is missing. What can be had
// is this: a lost event of the operator's own write misleads it for a moment only, and a new list finds everything.
describe("events that are lost", () => {
  test("do not mislead the operator about what it wrote itself", async () => {
    // The change itself is seen; what the operator writes in answer to it is the next event of the object.
    const inject: Inject = () => {
      const seen = new Set<string>();
      const isAnswer = ({ object: { kind, metadata } }: WatchEvent): boolean => {
        const object = `${kind} ${metadata?.namespace} ${metadata?.name}`;
        if (!seen.has(object)) {
          seen.add(object);
          return false;
        }
        return seen.delete(object);
      };
      return changing(dropEvents(isAnswer))();
    };
    expect(await faults.late("events of own writes lost", inject, { deeds: ["edit", "delete"], rounds: 2 })).toEqual(
      [],
    );
  });

  test("do not hide what becomes of an object next, while others of the platform are put right", async () => {
    const { auditor, proxy } = faults;
    const [hidden, other] = auditor.childrenOf("one").filter(({ kind }) => kind === "ConfigMap");
    if (hidden === undefined || other === undefined) throw new Error("the platform has fewer than two ConfigMaps");
    const isReturn = ({ type, object: { metadata } }: WatchEvent): boolean =>
      type === "ADDED" && metadata?.name === hidden.metadata.name && metadata.namespace === hidden.metadata.namespace;
    const rule = proxy.rule({ fault: changeEvents(dropEvents(isReturn)) });
    // Without labels it is out of the operator's sight, and its return is lost: the second time there is no news.
    const first = await auditor.disturb(hidden, "unlabel");
    const second = auditor.disturb(hidden, "unlabel");
    const meanwhile = await auditor.disturb(other, "edit");
    const answered = [first, await second, meanwhile].map((change) => change?.latencyMs !== undefined);
    rule.remove();
    expect(answered).toEqual([true, true, true]);
  });

  test("are found by the next list: the end state is the same", async () => {
    const { auditor, proxy } = faults;
    const dropped: WatchEvent[] = [];
    const rule = proxy.rule({ fault: changeEvents(dropEvents(undefined, (event) => dropped.push(event))) });
    const chosen = auditor.children.filter(({ kind }) => ["ConfigMap", "Service", "Role"].includes(kind)).slice(0, 6);
    const changes = chosen.map((child) => auditor.disturb(child, "edit"));
    await eventually(async () => (dropped.length >= chosen.length ? true : undefined), {
      what: `${chosen.length} events are lost`,
      timeoutMs: 10_000,
    });
    rule.remove();
    expect((await faults.wrong()).length).toBe(chosen.length);
    proxy.watches.expire();
    expect((await Promise.all(changes)).filter((change) => change?.latencyMs === undefined)).toEqual([]);
  });
});
