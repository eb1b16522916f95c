import type { KubernetesObject } from "../kubernetes.ts";
import type { ComponentName, LayerName } from "../names.ts";
import type { PlatformModel } from "./model.ts";

/**
 * One part of the platform: data and pure functions. Adding one is adding a folder and a line in `components/index.ts`.
 */
export interface Component {
  readonly name: ComponentName;
  readonly layer: LayerName;
  /** What must be there first, and only what would break otherwise. */
  readonly dependsOn: readonly Dependency[];
  /** Ports that the component listens on, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The one of them that has its metrics: open to the layer that scrapes, and never exposed. */
  readonly metricsPort?: string;
  /** Everything that its pods talk to. What is not here is blocked by network policy. */
  connects(model: PlatformModel): readonly Connection[];
  /** Whether anything outside the platform may call a port (a NodePort, a load balancer). */
  exposedPorts(model: PlatformModel): readonly string[];
  enabled(model: PlatformModel): boolean;
  /** What must exist, in the order in which it is applied. No client, no clock, no randomness. */
  resources(model: PlatformModel): readonly KubernetesObject[];
  /** How many pods run at most, surge included: what the layer's quota leaves room for. */
  footprint(model: PlatformModel): readonly Footprint[];
  /** What the live objects say of the component. */
  health(observed: ObservedComponent, model: PlatformModel): ComponentHealth;
  /**
   * Address inside the cluster for `status.endpoints`; undefined where there is none to call. It is reported before the
   * credentials are known, so that it may not depend on them.
   */
  endpoint(model: PlatformModel): string | undefined;
}

/**
 * `creation`: the workload is first made when the other is ready, and is never held back later.
 * `change`: every change of the workload waits for the other (a new version waits for its migrations).
 */
export interface Dependency {
  readonly component: ComponentName;
  readonly before: "creation" | "change";
}

/**
 * A port of another component, the Kubernetes API, or what the spec may name outside the platform: the OIDC issuer, the
 * bucket for images, the collector of traces. DNS is always allowed.
 */
export type Connection =
  | { readonly to: ComponentName; readonly port: string }
  | { readonly to: "kubernetes-api" }
  | { readonly to: "oidc-issuer" }
  | { readonly to: "image-store" }
  | { readonly to: "trace-collector" };

/** Pods of one shape. */
export interface Footprint {
  readonly pods: number;
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
  /** Persistent volume of each pod, such as `10Gi`; undefined without one. */
  readonly storage: string | undefined;
}

/** The live objects of one component, from the cache. */
export interface ObservedComponent {
  /** Live form of an object that `resources` returned. */
  find(kind: string, name: string): KubernetesObject | undefined;
  /** Pods that carry the component's label. */
  readonly pods: readonly KubernetesObject[];
}

export interface ComponentHealth {
  readonly state: "Ready" | "Progressing" | "Failed";
  readonly ready: number;
  readonly wanted: number;
  /** What is awaited or wrong, in a sentence; empty when ready. */
  readonly message: string;
}
