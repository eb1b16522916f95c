/** Labels of one series of a metric. */
export type Labels = Readonly<Record<string, string>>;

/** One line of Prometheus' text format. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/;
const LABEL = /(?<label>\w+)="(?<text>(?:[^"\\]|\\.)*)"/g;

/** Sum of all series of a metric that `accept` takes; 0 of none. */
export function sumOf(text: string, metric: string, accept: (labels: Labels) => boolean = () => true): number {
  return samplesOf(text, metric)
    .filter(({ labels }) => accept(labels))
    .reduce((sum, { value }) => sum + value, 0);
}

function samplesOf(text: string, metric: string): readonly Sample[] {
  return text.split("\n").flatMap((line) => {
    // Most lines are of other metrics, and an API server has ten thousands.
    if (!line.startsWith(metric)) return [];
    const found = LINE.exec(line)?.groups;
    if (found === undefined || found["name"] !== metric) return [];
    const labels = [...(found["labels"] ?? "").matchAll(LABEL)].map(
      ({ groups }) => [groups?.["label"] ?? "", groups?.["text"] ?? ""] as const,
    );
    return [{ labels: Object.fromEntries(labels), value: Number(found["value"]) }];
  });
}
