import { expect, test } from "vitest";
import { wantedDigest } from "../engine/applied-objects.ts";
import { FakeClock } from "../engine/testing/fake-clock.ts";
import { applyObject, type Work } from "./apply-object.ts";
import { Contests } from "./contests.ts";
import { Ledger } from "./ledger.ts";
import { objectId } from "./object-id.ts";
import { ServerErrors } from "./server-errors.ts";
import { child, IDENTITY } from "./testing.ts";

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
