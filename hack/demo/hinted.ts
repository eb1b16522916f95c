/** A failure with the commands that tell more about it. */
export class HintedError extends Error {
  override readonly name = "HintedError";
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.hints = hints;
  }
}

/** Runs a step; what goes wrong in it carries the hints. */
export async function withHints<T>(what: string, hints: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof HintedError) throw cause;
    throw new HintedError(`while ${what}`, hints, { cause });
  }
}

/** Message, causes and hints, for people. */
export function describeFailure(error: unknown): string {
  const lines: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    lines.push(`${lines.length === 0 ? "error: " : "  because: "}${each.message}`);
    if (each instanceof AggregateError) lines.push(...each.errors.map((one) => `  and: ${(one as Error).message}`));
  }
  if (error instanceof HintedError) lines.push("To see more:", ...error.hints.map((hint) => `  ${hint}`));
  return lines.length === 0 ? `error: ${String(error)}` : lines.join("\n");
}
