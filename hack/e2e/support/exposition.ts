/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a scrape in the text format of Prometheus. */
export function parseSamples(text: string): readonly Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: parseLabels(labels), value: parseValue(value ?? "") }];
  });
}

/** The sum over every sample that has the name and at least the labels of `series`, such as `a_total{kind="b"}`. */
export function sumOf(text: string, series: string): number {
  const [wanted] = parseSamples(`${series} 0`);
  if (wanted === undefined) throw new Error(`${series} is no series: write it as name{label="value"}`);
  const found = parseSamples(text).filter(
    ({ name, labels }) =>
      name === wanted.name && Object.entries(wanted.labels).every(([label, value]) => labels[label] === value),
  );
  return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0);
}

/** A family of metrics as a scrape shows it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  /** Sorted; without `le`. Undefined while there is no sample. */
  readonly labels: readonly string[] | undefined;
}

/** The families of a scrape by name. */
export function parseFamilies(text: string): ReadonlyMap<string, Family> {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
  const labels = new Map<string, Set<string>>();
  for (const sample of parseSamples(text)) {
    const family = types.has(sample.name) ? sample.name : sample.name.replace(/_(bucket|sum|count)$/, "");
    const known = labels.get(family) ?? new Set();
    for (const label of Object.keys(sample.labels)) if (label !== "le") known.add(label);
    labels.set(family, known);
  }
  return new Map(
    [...types].map(([name, type]) => {
      const known = labels.get(name);
      return [name, { name, type, labels: known === undefined ? undefined : [...known].sort() }] as const;
    }),
  );
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(pairs.map(([, label = "", value = ""]) => [label, unescape(value)]));
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}

function parseValue(text: string): number {
  return text.endsWith("Inf") ? Number(text.replace("Inf", "Infinity")) : Number(text === "Nan" ? Number.NaN : text);
}
