/** Text as code in Markdown, in a table too. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Anchor that Markdown renderers give a heading of one word. */
export function anchor(heading: string): string {
  return heading.toLowerCase();
}

/** A table with its columns aligned, so that it reads as plain text as well. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => {
    // Padding the last column would only make lines longer.
    const last = row.length - 1;
    const padded = row.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0)));
    return `| ${padded.join(" | ")} |`;
  };
  const rule = header.map((_, column) => "-".repeat(column === header.length - 1 ? 3 : (widths[column] ?? 3)));
  const [head = [], ...body] = cells;
  return [line(head), line(rule), ...body.map(line)];
}
