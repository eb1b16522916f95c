import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { platformTokens, type TokenSource } from "../e2e/support/token.ts";
import type { LiveCluster } from "./cluster.ts";
import { forward } from "./forward.ts";
import { namespaceOf, requirePlatform } from "./platform.ts";

/** Where the profile API answers, from this machine, and to whom. */
export interface ApiAddress {
  readonly url: string;
  readonly token: TokenSource;
  /** How it is reached. */
  readonly via: string;
  readonly close: () => void;
}

const PROBE_TIMEOUT_MS = 3000;

/** By the NodePort where there is one that answers, else through a forwarded port. */
export async function apiAddress(cluster: LiveCluster): Promise<ApiAddress> {
  const token = await tokenSource(cluster);
  const [url] = await answeringNodePorts(cluster);
  if (url !== undefined) return { url, token, via: "NodePort", close: () => undefined };
  const forwarded = await forward(cluster, "server", [[0, 8080]]);
  const port = Object.keys(forwarded.ports)[0];
  return { url: `http://127.0.0.1:${port}`, token, via: "port-forward", close: () => forwarded.close() };
}

/** What TOKEN holds, for a platform whose tokens come from elsewhere; else the embedded issuer's. */
async function tokenSource(cluster: LiveCluster): Promise<TokenSource> {
  const given = process.env["TOKEN"];
  if (given) return async () => given;
  const namespace = namespaceOf(await requirePlatform(cluster), "server-layer");
  return platformTokens({ kubeconfig: cluster.kubeconfig, namespace });
}

/** Those of the profile API's NodePorts that can be reached from this machine. */
export async function answeringNodePorts(cluster: LiveCluster): Promise<readonly string[]> {
  const urls = await nodePortUrls(cluster);
  const reachable = await Promise.all(urls.map(answers));
  return urls.filter((_, index) => reachable[index] === true);
}

/** The NodePort of the profile API on every node; empty when it has none. */
export async function nodePortUrls(cluster: LiveCluster): Promise<readonly string[]> {
  const { kubectl } = cluster;
  const namespace = namespaceOf(await requirePlatform(cluster), "server-layer");
  const services = JSON.parse(
    await kubectl.run(["get", "services", "-n", namespace, "-l", "app.kubernetes.io/name=server", "-o", "json"]),
  ) as { items: readonly ServiceObject[] };
  const port = services.items.flatMap(({ spec }) => spec.ports.flatMap(({ nodePort }) => nodePort ?? []))[0];
  if (port === undefined) return [];
  const nodes = JSON.parse(await kubectl.run(["get", "nodes", "-o", "json"])) as { items: readonly NodeObject[] };
  const addresses = nodes.items.flatMap(({ status }) => status.addresses.filter(({ type }) => type === "InternalIP"));
  return addresses.map(({ address }) => `http://${address.includes(":") ? `[${address}]` : address}:${port}`);
}

interface ServiceObject extends KubernetesObject {
  readonly spec: { readonly ports: readonly { readonly nodePort?: number }[] };
}

interface NodeObject extends KubernetesObject {
  readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}
