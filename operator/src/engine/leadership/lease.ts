import type { KubernetesObject } from "../../kubernetes.ts";
import { microTime } from "../kit/micro-time.ts";

/** coordination.k8s.io/v1 Lease, as far as leader election uses it. */
export interface Lease extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export const LEASE_TYPE = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
} as const;

/** The specification after `identity` takes or renews the lease at `now` (ms since the epoch). */
export function heldBy(identity: string, current: LeaseSpec | undefined, seconds: number, now: number): LeaseSpec {
  const renewTime = microTime(now);
  const keeps = current?.holderIdentity === identity;
  const transitions = current?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: seconds,
    acquireTime: keeps ? (current.acquireTime ?? renewTime) : renewTime,
    renewTime,
    leaseTransitions: keeps || current === undefined ? transitions : transitions + 1,
  };
}

/** The specification after the holder lets go: nobody has to wait. */
export function released(current: LeaseSpec | undefined, now: number): LeaseSpec {
  return { ...current, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(now) };
}
