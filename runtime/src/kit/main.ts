import { OperatorError } from "./errors.ts";
import { createLogger } from "./log.ts";

/** Runs a service's entry point; what ends it is logged once, and the process exits with 1. */
export async function runMain(service: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (err) {
    const log = createLogger(service, "info");
    if (err instanceof OperatorError && err.cause === undefined) log.fatal(err.message);
    else log.fatal({ err }, err instanceof Error ? err.message : "the service failed");
    process.exitCode = 1;
  }
}
