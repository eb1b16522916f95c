import assert from "node:assert/strict";
import type { Check } from "./check.ts";
import type { LiveCluster } from "./cluster.ts";
import { forward } from "./forward.ts";
import { HttpClient } from "./http.ts";

/** By component: its port for metrics, which no Service leads to, and lines that have to be there. */
const METRICS = {
  server: { port: 9090, lines: [/^# TYPE http_requests_total counter$/m, /^cache_hits_total\b/m] },
  worker: { port: 9091, lines: [/^# TYPE task_attempts_total counter$/m, /^dependency_up\{.+\} 1$/m] },
} as const;

/** What Prometheus is given by the pods, through a forwarded port. */
export function metricsChecks(cluster: LiveCluster): readonly Check[] {
  return (["server", "worker"] as const).map((name) => ({
    name: `GET /metrics of ${name}, on its own port, is in Prometheus' format`,
    run: async () => {
      const { port, lines } = METRICS[name];
      const forwarded = await forward(cluster, name, [[0, port]]);
      try {
        const http = new HttpClient(`http://127.0.0.1:${Object.keys(forwarded.ports)[0]}`);
        const { text } = await http.send("GET", "/metrics", { status: 200, type: "text/plain" });
        for (const line of lines) assert.match(text, line);
      } finally {
        forwarded.close();
      }
    },
  }));
}
