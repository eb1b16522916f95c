import { Session } from "node:inspector/promises";
import { type Clock, sleep } from "../kit/clock.ts";

// V8 samples the stack each millisecond, and one allocation in every 32 KiB: a few per cent of the time.
const CPU_INTERVAL_US = 1000;
const HEAP_INTERVAL_BYTES = 32_768;

/** Watches this process for `seconds`, or until `signal` aborts, and returns a profile in JSON. */
export type Profiler = (seconds: number, clock: Clock, signal: AbortSignal) => Promise<string>;

/** Where the time goes: a `.cpuprofile`. Holds names and places of functions, and no values. */
export const profileCpu: Profiler = (seconds, clock, signal) =>
  withSession(async (session) => {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: CPU_INTERVAL_US });
    await session.post("Profiler.start");
    await sleep(clock, seconds * 1000, signal);
    const { profile } = await session.post("Profiler.stop");
    return JSON.stringify(profile);
  });

/**
 * What was allocated meanwhile and is still in use: a `.heapprofile`. Holds names and places of functions and numbers of
 * bytes, and no values.
 */
export const profileHeap: Profiler = (seconds, clock, signal) =>
  withSession(async (session) => {
    await session.post("HeapProfiler.startSampling", { samplingInterval: HEAP_INTERVAL_BYTES });
    await sleep(clock, seconds * 1000, signal);
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return JSON.stringify(profile);
  });

async function withSession(take: (session: Session) => Promise<string>): Promise<string> {
  const session = new Session();
  session.connect();
  try {
    return await take(session);
  } finally {
    // Ends whatever was begun on it.
    session.disconnect();
  }
}
