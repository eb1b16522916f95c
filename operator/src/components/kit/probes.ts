import type { V1Probe } from "@kubernetes/client-node";
import type { LivenessProbe, Probes, ReadinessProbe } from "@profile-platform/crds";

/** How a probe asks. */
export type ProbeAction = Pick<V1Probe, "exec" | "httpGet" | "tcpSocket">;

/** The same for a container that is killed when it does not answer: with less time to end than its pod gives, if said. */
export type LivenessAction = ProbeAction & Pick<V1Probe, "terminationGracePeriodSeconds">;

export function httpProbe(port: string, path: string): ProbeAction {
  return { httpGet: { port, path, scheme: "HTTP" } };
}

export function tcpProbe(port: string): ProbeAction {
  return { tcpSocket: { port } };
}

export function execProbe(...command: readonly string[]): ProbeAction {
  return { exec: { command: [...command] } };
}

/** Both probes of a container, with the timing that the platform asks for. */
export function probes(
  timing: Probes,
  actions: { readonly liveness: LivenessAction; readonly readiness: ProbeAction },
): { readonly livenessProbe: V1Probe; readonly readinessProbe: V1Probe } {
  return {
    livenessProbe: { ...actions.liveness, ...probeTiming(timing.liveness) },
    readinessProbe: { ...actions.readiness, ...probeTiming(timing.readiness) },
  };
}

/** Holds the other two back while a slow start goes on, for `seconds` at most, then restarts the container. */
export function startupProbe(action: ProbeAction, seconds: number): { readonly startupProbe: V1Probe } {
  const periodSeconds = 2;
  return {
    startupProbe: {
      ...action,
      periodSeconds,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(seconds / periodSeconds),
      successThreshold: 1,
    },
  };
}

function probeTiming(timing: LivenessProbe | ReadinessProbe): Omit<V1Probe, keyof LivenessAction> {
  return {
    initialDelaySeconds: timing.initialDelaySeconds,
    periodSeconds: timing.periodSeconds,
    timeoutSeconds: timing.timeoutSeconds,
    failureThreshold: timing.failureThreshold,
    successThreshold: 1,
  };
}
