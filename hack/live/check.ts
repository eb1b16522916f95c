/** One thing that the running platform promises. */
export interface Check {
  readonly name: string;
  /** Throws when the promise is not kept. */
  readonly run: () => Promise<void>;
}

/** Runs checks in order, tells of each, and returns how many failed. */
export async function runChecks(checks: readonly Check[], write: (text: string) => void): Promise<number> {
  let failed = 0;
  for (const { name, run } of checks) {
    const began = performance.now();
    try {
      await run();
      write(`✓ ${name} (${Math.round(performance.now() - began)} ms)\n`);
    } catch (error) {
      failed += 1;
      write(`✗ ${name}\n`);
      for (let each: unknown = error; each instanceof Error; each = each.cause) write(`    ${each.message}\n`);
    }
  }
  write(`${checks.length - failed} passed, ${failed} failed\n`);
  return failed;
}
