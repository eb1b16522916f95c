import { expect, test } from "vitest";
import { measure, memoryOf, parseCpuSeconds, parseMemory } from "./usage.ts";

test("CPU time is user and kernel time, whatever the name of the process", () => {
  const stat = "4711 (a ) b) S 1 4711 4711 0 -1 4194560 1500 0 3 0 250 125 7 8 20 0 11 0 100 2000 300";
  expect(parseCpuSeconds(stat)).toBe(3.75);
});

test("memory is read in MiB", () => {
  expect(parseMemory("Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n")).toEqual({ resident: 100, peak: 200 });
});

test("work shows in what is measured", () => {
  const usage = measure({ self: process.pid });
  let used = usage();
  // By its own clock: a busy machine may let it run for a part of the time only.
  for (let work = 0; used.cpu.self < 0.1; work++) if (work % 10_000 === 0) used = usage();
  expect(used.seconds).toBeGreaterThan(0.05);
  const { resident, peak } = memoryOf(process.pid);
  expect(resident).toBeGreaterThan(10);
  expect(peak).toBeGreaterThanOrEqual(resident);
});
