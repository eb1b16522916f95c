import { OperatorError, StoppedError } from "./errors.ts";
import { createLogger } from "./log.ts";

/**
 * Runs a program's entry point; what ends it is logged once, and the process exits with 1.
 *
 * @param stopIsSuccess whether being asked to stop before it was ready counts as an orderly end
 */
export async function runMain(service: string, stopIsSuccess: boolean, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (err) {
    const log = createLogger(service, "info");
    if (isStop(err) && stopIsSuccess) {
      log.info("stopped before it was ready");
      return;
    }
    process.exitCode = 1;
    if (isStop(err)) log.error("stopped before it was done: what was not done is done by the next run");
    else if (err instanceof OperatorError && err.cause === undefined) log.fatal(err.message);
    else log.fatal({ err }, err instanceof Error ? err.message : "the service failed");
  }
}

/** Timers reject with an AbortError whose cause is the reason. */
function isStop(err: unknown): boolean {
  return err instanceof StoppedError || (err instanceof Error && err.cause instanceof StoppedError);
}
