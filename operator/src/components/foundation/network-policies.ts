import type { KubernetesObject } from "../../kubernetes.ts";
import { selectorLabels } from "../../labels.ts";
import { CLUSTER_DOMAIN, type ComponentName, type LayerName } from "../../names.ts";
import type { Component, Connection } from "../component.ts";
import { objectMeta } from "../kit/place.ts";
import type { PlatformModel } from "../model.ts";
import { layerMeta } from "./layer-meta.ts";

interface Port {
  readonly protocol: "TCP" | "UDP";
  /** Every port without one. */
  readonly port?: number;
}

interface Peer {
  readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  /** Every pod of the namespace without one. */
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

/** One flow. Without a peer it is open to everybody on these ports. */
interface Rule {
  readonly peers?: readonly Peer[];
  readonly ports: readonly Port[];
}

/** The label that Kubernetes itself puts on every namespace, and that nobody can forge. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Host of a Service, with its namespace. */
const SERVICE_HOST = new RegExp(`^[^.]+\\.([^.]+)\\.svc(?:\\.${CLUSTER_DOMAIN.replaceAll(".", "\\.")})?$`);

/** Nothing goes in or out of a layer but names and what follows from `connects`, `metricsPort` and `exposedPorts`. */
export function networkPolicies(
  model: PlatformModel,
  layer: LayerName,
  components: readonly Component[],
): readonly KubernetesObject[] {
  return [
    defaultDeny(model, layer),
    allowDns(model, layer),
    ...components
      .filter((component) => component.layer === layer)
      .map((component) => componentPolicy(model, component, components)),
  ];
}

function defaultDeny(model: PlatformModel, layer: LayerName): KubernetesObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: layerMeta(model, layer, "default-deny"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  };
}

function allowDns(model: PlatformModel, layer: LayerName): KubernetesObject {
  const peer: Peer = {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  const ports: readonly Port[] = [
    { protocol: "UDP", port: 53 },
    // Answers that do not fit into a datagram.
    { protocol: "TCP", port: 53 },
  ];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: layerMeta(model, layer, "allow-dns"),
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to: [peer], ports }] },
  };
}

function componentPolicy(
  model: PlatformModel,
  component: Component,
  components: readonly Component[],
): KubernetesObject {
  const ingress = [
    ...callers(model, component, components),
    ...scraped(model, component),
    ...exposed(model, component),
  ];
  const egress = component.connects(model).flatMap((connection) => called(model, component, connection, components));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: objectMeta(model, component),
    spec: {
      podSelector: { matchLabels: selectorLabels(model.name, component.name) },
      policyTypes: ["Ingress", "Egress"],
      ...(ingress.length === 0 ? {} : { ingress: ingress.map(({ peers, ports }) => ({ ...from(peers), ports })) }),
      ...(egress.length === 0 ? {} : { egress: egress.map(({ peers, ports }) => ({ ...to(peers), ports })) }),
    },
  };
}

function callers(model: PlatformModel, callee: Component, components: readonly Component[]): readonly Rule[] {
  return components.flatMap((caller) => {
    const ports = caller
      .connects(model)
      .flatMap((connection) =>
        "port" in connection && connection.to === callee.name
          ? [tcp(portNumber(callee, connection.port, caller.name))]
          : [],
      );
    return ports.length === 0 ? [] : [{ peers: [podsOf(model, caller)], ports }];
  });
}

/** By the namespace alone, whose name the platform has for itself: what scrapes there may be anybody's Prometheus. */
function scraped(model: PlatformModel, component: Component): readonly Rule[] {
  if (component.metricsPort === undefined) return [];
  return [
    {
      peers: [{ namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: model.namespaces["observability-layer"] } } }],
      ports: [tcp(portNumber(component, component.metricsPort))],
    },
  ];
}

function exposed(model: PlatformModel, component: Component): readonly Rule[] {
  const ports = component.exposedPorts(model).map((name) => tcp(portNumber(component, name)));
  return ports.length === 0 ? [] : [{ ports }];
}

function called(
  model: PlatformModel,
  caller: Component,
  connection: Connection,
  components: readonly Component[],
): readonly Rule[] {
  if (connection.to === "kubernetes-api") {
    // By port alone: the API server is no pod, and network plugins see its Service's address or its own, neither of
    // which is known here. 443 is the Service's port, 6443 the one behind it.
    return [{ ports: [tcp(443), tcp(6443)] }];
  }
  if (connection.to === "oidc-issuer") return issuerRules(model);
  if (connection.to === "image-store") return imageStoreRules(model);
  if (connection.to === "trace-collector") return collectorRules(model);
  const callee = components.find((each) => each.name === connection.to);
  if (callee === undefined) {
    // Not part of this platform: there are no pods to allow.
    return [];
  }
  return [{ peers: [podsOf(model, callee)], ports: [tcp(portNumber(callee, connection.port, caller.name))] }];
}

/** Nothing with the embedded issuer, whose keys are a file. */
function issuerRules({ auth }: PlatformModel): readonly Rule[] {
  return auth.issuer === "oidc" ? addressRules(auth.issuerURL) : [];
}

/** Nothing where images are in PostgreSQL. Amazon's hosts have names of buckets and regions, and the usual port. */
function imageStoreRules({ settings: { images } }: PlatformModel): readonly Rule[] {
  return images.s3 === undefined ? [] : addressRules(images.s3.endpoint ?? "https://s3.amazonaws.com");
}

function collectorRules({ tracing }: PlatformModel): readonly Rule[] {
  return tracing === undefined ? [] : addressRules(tracing.endpoint);
}

function addressRules(url: string): readonly Rule[] {
  const { protocol, hostname, port } = new URL(url);
  const [, namespace] = SERVICE_HOST.exec(hostname) ?? [];
  if (namespace === undefined) {
    // A host outside has addresses that change, so that there is only the port to go by.
    return [{ ports: [tcp(port === "" ? (protocol === "http:" ? 80 : 443) : Number(port))] }];
  }
  // Of a Service, network plugins see the port of the pods behind it, which its address does not tell.
  return [
    { peers: [{ namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: namespace } } }], ports: [{ protocol: "TCP" }] },
  ];
}

function podsOf(model: PlatformModel, component: Component): Peer {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: model.namespaces[component.layer] } },
    podSelector: { matchLabels: selectorLabels(model.name, component.name) },
  };
}

function portNumber(component: Component, name: string, caller: ComponentName = component.name): number {
  const port = component.ports[name];
  if (port === undefined) {
    throw new Error(
      `${caller} names port "${name}" of ${component.name}, which has ${Object.keys(component.ports).join(", ")}`,
    );
  }
  return port;
}

function tcp(port: number): Port {
  return { protocol: "TCP", port };
}

function from(peers: readonly Peer[] | undefined): object {
  return peers === undefined ? {} : { from: peers };
}

function to(peers: readonly Peer[] | undefined): object {
  return peers === undefined ? {} : { to: peers };
}
