import { expect, test } from "vitest";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import { awaitRights } from "./await-rights.ts";

/** An API server that answers the next looks at a namespace with these statuses, and then with the last one. */
function setUp(answers: Readonly<Record<string, readonly number[]>>) {
  const clock = new FakeClock();
  const looks: string[] = [];
  const request = async ({ path }: { readonly path: string }) => {
    const [, namespace = ""] = /namespaces\/([^/]+)\//.exec(path) ?? [];
    const statuses = answers[namespace] ?? [];
    const status = statuses[Math.min(looks.filter((look) => look === namespace).length, statuses.length - 1)] ?? 0;
    looks.push(namespace);
    if (status !== 200) throw new ApiError({ status, reason: "", message: `${status}` });
    return {};
  };
  const work = { client: { request } as unknown as ApiClient, signal: new AbortController().signal };
  const state = { done: false };
  const waiting = awaitRights(Object.keys(answers), "probe", clock, work).finally(() => {
    state.done = true;
  });
  return { clock, looks, state, waiting };
}

test("rights are in effect when a look is answered, with the Secret or without", async () => {
  const { looks, waiting } = setUp({ data: [404], server: [200] });
  await waiting;
  expect(looks).toEqual(["data", "server"]);
});

test("it is looked again, less and less often, until they are in effect", async () => {
  const { clock, looks, state } = setUp({ data: [403, 403, 403, 404] });
  await clock.advance(13);
  expect([looks.length, state.done]).toEqual([3, false]);
  await clock.advance(1);
  expect([looks.length, state.done]).toEqual([4, true]);
});

test("after a quarter of a second it is left to others to find out", async () => {
  const { clock, looks, waiting } = setUp({ data: [403] });
  await clock.advance(500);
  await waiting;
  expect(looks).toHaveLength(7);
});

test("any other trouble is left to others as well", async () => {
  const { looks, waiting } = setUp({ data: [503] });
  await waiting;
  expect(looks).toEqual(["data"]);
});
