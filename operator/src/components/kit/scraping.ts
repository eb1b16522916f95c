/**
 * Annotations by which a Prometheus finds the pods of a component, each as a target of its own. They need no Service,
 * which would have any one of them answer.
 */
export function scrapeAnnotations(port: number): Record<string, string> {
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": String(port),
    "prometheus.io/path": "/metrics",
  };
}
