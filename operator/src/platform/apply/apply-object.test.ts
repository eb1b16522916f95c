import { expect, test } from "vitest";
import { wantedDigest } from "../../engine/apply/applied-objects.ts";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { child, IDENTITY } from "../testing.ts";
import { applyObject, type Work } from "./apply-object.ts";
import { Contests } from "./contests.ts";
import { Ledger } from "./ledger.ts";
import { ServerErrors } from "./server-errors.ts";

test("an object that is left alone because of a contest says for how long, so that it is not forgotten", async () => {
  const wanted = child("ConfigMap", "redis");
  const clock = new FakeClock();
  const contests = new Contests();
  const take = () => contests.tookBack(objectId(wanted), [{ manager: "rival", field: ".data.x" }], clock.monotonic());
  for (let time = 0; time < 3; time++) take();
  await clock.advance(999);

  const applier = {
    appliedDigest: () => wantedDigest(wanted),
    apply: () => Promise.reject(new Error("it was to be left alone")),
  };
  const ledger = new Ledger();
  const memory = { applier, contests, deniedSince: new Map(), serverErrors: new ServerErrors() };
  const work = {
    identity: IDENTITY,
    memory,
    live: { get: () => wanted },
    ledger,
    signal: new AbortController().signal,
    now: () => clock.monotonic(),
  } as unknown as Work;
  await applyObject(wanted, work);
  expect(ledger.leftForMs).toBe(1);

  await clock.advance(1);
  expect(contests.pauseMs(objectId(wanted), clock.monotonic())).toBe(0);
});

test("a new signing key waits while its public half cannot be published; one that is there does not", async () => {
  const labels = { "profileplatform.io/signing-key": "true" };
  const secret = child("Secret", "server-signing-key-0123456789", { namespace: "server-layer", labels });
  const configMap = child("ConfigMap", "server-jwks", { namespace: "server-layer" });
  const applied: string[] = [];
  const applyWith = async (live: KubernetesObject | undefined): Promise<Ledger> => {
    const ledger = new Ledger();
    ledger.serverFailed(configMap, { object: objectId(configMap), message: "a webhook fails" });
    const apply = (wanted: KubernetesObject) => {
      applied.push(objectId(wanted));
      return Promise.resolve({ result: "unchanged", object: live, changed: [], known: true, takenBack: [] });
    };
    const memory = {
      applier: { apply },
      contests: new Contests(),
      deniedSince: new Map(),
      serverErrors: new ServerErrors(),
    };
    await applyObject(secret, { memory, live: { get: () => live }, ledger, now: () => 0 } as unknown as Work);
    return ledger;
  };
  expect((await applyWith(undefined)).problemOf(secret)).toEqual({
    state: "Waiting",
    message:
      "Secret server-layer/server-signing-key-0123456789 waits for ConfigMap server-jwks, which makes its public half known",
  });
  expect(applied).toEqual([]);
  expect((await applyWith(secret)).problemOf(secret)).toBeUndefined();
  expect(applied).toEqual([objectId(secret)]);
});
