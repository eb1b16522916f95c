const byApi = new Map<string, string>();

/** Has the clients of a service find its metrics, which are on a port of their own. */
export function noteMetricsUrl(url: string, metricsUrl: string): void {
  byApi.set(url, metricsUrl);
}

/** Where the metrics of the service are that answers under a URL. */
export function metricsUrlOf(url: string): string {
  const found = byApi.get(url);
  if (found === undefined) throw new Error(`nothing is known of the metrics of ${url}: only Service.url() tells them`);
  return found;
}
