import { existsSync } from "node:fs";
import { run } from "./command.ts";
import { type ClusterPlan, type NodePlan, SERVICE_RANGE } from "./plan.ts";

/**
 * Lays the cables: a namespace with a bridge, a namespace a node, and one link from the bridge to the host.
 *
 * The bridge is in a namespace of its own because the host's firewall, Docker's say, would otherwise see what nodes
 * say to each other. No node has a default route, so nothing finds a way out; a rule on the host besides drops what
 * would be forwarded between the cluster and any other link.
 */
export async function createNetwork(plan: ClusterPlan): Promise<void> {
  await run("ip", ["-batch", "-"], { input: hostCommands(plan) });
  await run("ip", ["-n", plan.fabricNamespace, "-batch", "-"], { input: fabricCommands(plan) });
  await Promise.all([
    run("nft", ["-f", "-"], { input: renderHostGuard(plan) }),
    ...plan.nodes.map(async (node) => {
      await run("ip", ["-n", node.namespace, "-batch", "-"], { input: nodeCommands(plan, node) });
      await setSysctls(node);
    }),
  ]);
}

function hostCommands(plan: ClusterPlan): string {
  return [
    `netns add ${plan.fabricNamespace}`,
    ...plan.nodes.map((node) => `netns add ${node.namespace}`),
    `link add ${plan.hostLink} type veth peer name host netns ${plan.fabricNamespace}`,
    `addr add ${plan.hostAddress}/24 dev ${plan.hostLink}`,
    `link set ${plan.hostLink} up`,
    "",
  ].join("\n");
}

function fabricCommands(plan: ClusterPlan): string {
  const plug = (link: string) => `link set ${link} master fabric up`;
  return [
    "link add fabric type bridge",
    "link set fabric up",
    plug("host"),
    ...plan.nodes.flatMap((node) => [
      `link add ${node.name} type veth peer name eth0 netns ${node.namespace}`,
      plug(node.name),
    ]),
    "",
  ].join("\n");
}

function nodeCommands(plan: ClusterPlan, node: NodePlan): string {
  const others = plan.nodes.filter((other) => other !== node);
  return [
    "link set lo up",
    `addr add ${node.address}/24 dev eth0`,
    "link set eth0 up",
    // A packet to a Service's address is rewritten on its way out, and only what has a route gets that far. A bridge
    // without ports carries the route, because not every kernel has dummy links.
    "link add services type bridge",
    "link set services up",
    `route add ${SERVICE_RANGE} dev services`,
    ...others.map((other) => `route add ${other.podRange} via ${other.address}`),
    "",
  ].join("\n");
}

/** These settings belong to the node's namespace; the host's stay as they are. */
async function setSysctls(node: NodePlan): Promise<void> {
  const settings = ["net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"];
  await run("nsenter", [`--net=${namespacePath(node.namespace)}`, "sysctl", "-qw", ...settings]);
}

/**
 * Nothing is forwarded between the cluster and another link of the host, even if the host is a router. And the host
 * takes no packet of a pod's address: having no route to pods, it would send the answer to its default gateway.
 */
export function renderHostGuard(plan: ClusterPlan): string {
  return `table inet ${plan.prefix} {
  chain forward {
    type filter hook forward priority -10; policy accept;
    iifname "${plan.hostLink}" drop
    oifname "${plan.hostLink}" drop
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "${plan.hostLink}" ip saddr != ${plan.fabricRange} drop
  }
}
`;
}

export const namespacePath = (namespace: string): string => `/run/netns/${namespace}`;

/** The network namespaces whose names begin with the cluster's prefix. */
export async function listNamespaces(plan: Pick<ClusterPlan, "prefix">): Promise<string[]> {
  if (!existsSync("/run/netns")) return [];
  const listed = await run("ip", ["netns", "list"]);
  const names = listed.split("\n").map((line) => line.split(" ")[0] ?? "");
  return names.filter((name) => name.startsWith(`${plan.prefix}-`));
}

export async function removeNetwork(plan: Pick<ClusterPlan, "prefix" | "hostLink">): Promise<void> {
  // A namespace takes the links in it along, and a link takes its other end; the kernel does it a while after the
  // namespace was deleted, so that the host's link goes first.
  await removeLink(plan.hostLink);
  for (const namespace of await listNamespaces(plan)) await run("ip", ["netns", "delete", namespace]);
  // Declared before it is deleted, because deleting a table that is not there is an error.
  await run("nft", ["-f", "-"], { input: `table inet ${plan.prefix}\ndelete table inet ${plan.prefix}\n` });
}

/** A link whose other end was in a namespace that was deleted a moment ago may go by itself meanwhile. */
async function removeLink(link: string): Promise<void> {
  const exists = (): boolean => existsSync(`/sys/class/net/${link}`);
  if (!exists()) return;
  try {
    await run("ip", ["link", "delete", link]);
  } catch (error) {
    if (exists()) throw error;
  }
}
