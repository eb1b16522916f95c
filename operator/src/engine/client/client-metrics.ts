import type { Registry } from "prom-client";
import { counter, histogram } from "../kit/metric-families.ts";

// Buckets of the Kubernetes components; controller-runtime itself exports no such histogram.
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

const READ_ERRORS = ["401", "403", "404", "410", "429", "500", "502", "503", "504", "<error>"] as const;
const WRITE_ERRORS = [...READ_ERRORS.filter((code) => code !== "410"), "409", "422"] as const;

/** What an API server answers to each method. Another answer gets its series when it first comes. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  GET: ["200", ...READ_ERRORS],
  POST: ["201", ...WRITE_ERRORS],
  PUT: ["200", "201", ...WRITE_ERRORS],
  PATCH: ["200", "201", ...WRITE_ERRORS],
  DELETE: ["200", "202", ...WRITE_ERRORS],
};

/** Told of each request when its answer's head is there, or when none came (`<error>`). */
export type OnRequest = (code: string, method: string, seconds: number) => void;

/** `rest_client_*`: requests to the API server. */
export function clientMetrics(registry: Registry): (host: string) => OnRequest {
  const requests = counter(registry, {
    name: "rest_client_requests_total",
    help: "Requests to the API server by answer",
    labels: ["code", "method", "host"],
  });
  const duration = histogram(registry, {
    name: "rest_client_request_duration_seconds",
    help: "Time until an answer of the API server begins",
    labels: ["verb", "host"],
    buckets: BUCKETS,
  });
  return (host) => {
    // A rate that begins with the first failure never sees that one: the series must be there before.
    for (const [method, codes] of Object.entries(CODES)) {
      for (const code of codes) requests.inc({ code, method, host }, 0);
      duration.zero({ verb: method, host });
    }
    return (code, method, seconds) => {
      requests.inc({ code, method, host });
      duration.observe({ verb: method, host }, seconds);
    };
  };
}
