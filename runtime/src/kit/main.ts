import { OperatorError, StoppedError } from "./errors.ts";
import { createLogger } from "./log.ts";

/** Runs a service's entry point; what ends it is logged once, and the process exits with 1. */
export async function runMain(service: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (err) {
    const log = createLogger(service, "info");
    if (isStop(err)) {
      log.info("stopped before it was ready");
      return;
    }
    if (err instanceof OperatorError && err.cause === undefined) log.fatal(err.message);
    else log.fatal({ err }, err instanceof Error ? err.message : "the service failed");
    process.exitCode = 1;
  }
}

/** Timers reject with an AbortError whose cause is the reason. */
function isStop(err: unknown): boolean {
  return err instanceof StoppedError || (err instanceof Error && err.cause instanceof StoppedError);
}
