import { Counter, Gauge, type Registry } from "prom-client";
import { type BreakerObserver, breakerStates } from "./breaker.ts";

/** Metrics of all breakers of a service. @returns what one of them tells of itself to */
export function createBreakerMetrics(registry: Registry): (dependency: string) => BreakerObserver {
  const state = new Gauge({
    name: "circuit_breaker_state",
    help: "1 for the state that the circuit breaker of a dependency is in: closed, open or half-open; 0 for the others.",
    labelNames: ["dependency", "state"],
    registers: [registry],
  });
  const opened = new Counter({
    name: "circuit_breaker_opened_total",
    help: "Times that the circuit breaker has opened, failed probes not counted.",
    labelNames: ["dependency"],
    registers: [registry],
  });
  const refused = new Counter({
    name: "circuit_breaker_refused_total",
    help: "Calls that were not made because the circuit breaker was open.",
    labelNames: ["dependency"],
    registers: [registry],
  });
  return (dependency) => {
    let before = "open";
    opened.inc({ dependency }, 0);
    refused.inc({ dependency }, 0);
    return {
      stateChanged(current) {
        for (const name of breakerStates) state.set({ dependency, state: name }, name === current ? 1 : 0);
        if (before === "closed" && current === "open") opened.inc({ dependency });
        before = current;
      },
      refused: () => refused.inc({ dependency }),
    };
  };
}
