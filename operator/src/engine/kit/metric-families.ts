import { Counter, Gauge, type GaugeConfiguration, Histogram, type Registry } from "prom-client";

/** What every family of metrics is declared with. Label names come in the order in which they are shown. */
interface Family<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly T[];
}

export function counter<T extends string>(registry: Registry, { name, help, labels }: Family<T>): Counter<T> {
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

export function gauge<T extends string>(registry: Registry, { name, help, labels }: Family<T>): Gauge<T> {
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
}

/** One series of a family, with its value now. */
export interface Reading<T extends string> {
  readonly labels: Readonly<Record<T, string>>;
  readonly value: number;
}

/** A gauge that is read at each scrape and keeps nothing in between: what is not read any more is not shown. */
export function readGauge<T extends string>(
  registry: Registry,
  { name, help, labels, read }: Family<T> & { readonly read: () => readonly Reading<T>[] },
): void {
  registry.registerMetric(new ReadGauge({ name, help, labelNames: [...labels], registers: [] }, read));
}

class ReadGauge<T extends string> extends Gauge<T> {
  readonly #read: () => readonly Reading<T>[];

  constructor(configuration: GaugeConfiguration<T>, read: () => readonly Reading<T>[]) {
    super(configuration);
    this.#read = read;
  }

  override async get(): ReturnType<Gauge<T>["get"]> {
    return { ...(await super.get()), values: [...this.#read()] };
  }
}

/** `buckets`: upper bounds in seconds. */
export function histogram<T extends string>(
  registry: Registry,
  { name, help, labels, buckets }: Family<T> & { readonly buckets: readonly number[] },
): Histogram<T> {
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}
