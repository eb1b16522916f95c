import { expect, test } from "vitest";
import { failures, render } from "../../../soak/figures.ts";
import { soak } from "../../../soak/run.ts";

const SEED = 20_300;

test("half a minute of every kind of fault and change: nothing is missed, nothing foreign is touched", async () => {
  const say = (): void => undefined;
  const report = await soak({ seed: SEED, minutes: 0.5, platforms: 2, restSeconds: 5, say });
  process.stdout.write(`${render(report)}\n`);
  expect(failures(report)).toEqual([]);
}, 180_000);
