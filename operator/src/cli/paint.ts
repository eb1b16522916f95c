/** Colours of a terminal; without colours every function gives its text back. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  waiting(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

export function createPaint(colors: boolean): Paint {
  const wrap = (code: number) => (text: string) => (colors && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: wrap(32), bad: wrap(31), waiting: wrap(33), faint: wrap(2), strong: wrap(1) };
}
