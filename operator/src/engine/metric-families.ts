import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What every family of metrics is declared with. Label names come in the order in which they are shown. */
interface Family<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly T[];
}

export function counter<T extends string>(registry: Registry, { name, help, labels }: Family<T>): Counter<T> {
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

/** `collect` is called at each scrape, before the values are read. */
export function gauge<T extends string>(
  registry: Registry,
  { name, help, labels, collect }: Family<T> & { readonly collect?: () => void },
): Gauge<T> {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  return new Gauge(collect === undefined ? options : { ...options, collect });
}

/** `buckets`: upper bounds in seconds. */
export function histogram<T extends string>(
  registry: Registry,
  { name, help, labels, buckets }: Family<T> & { readonly buckets: readonly number[] },
): Histogram<T> {
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}
