/** A place in a source file. Lines and columns start at 1, as editors count. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something in the types that no schema can be made of, with the place to put it right. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
}

/** Collects problems, so that one run shows them all. */
export class Problems {
  readonly #found: Problem[] = [];

  report(position: Position, message: string): void {
    this.#found.push({ position, message });
  }

  /** Everything reported, by file and place, each once: a shared type is read from several properties. */
  list(): readonly Problem[] {
    const byText = new Map(this.#found.map((problem) => [formatProblem(problem), problem]));
    return [...byText.values()].sort(
      (a, b) =>
        a.position.file.localeCompare(b.position.file) ||
        a.position.line - b.position.line ||
        a.position.column - b.position.column,
    );
  }
}

/** `file:line:column: message`, which terminals and editors turn into a link. */
export function formatProblem({ position, message }: Problem): string {
  return `${position.file}:${position.line}:${position.column}: ${message}`;
}
