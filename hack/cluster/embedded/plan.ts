/** The names and addresses of one cluster. Everything here is computed, so that a teardown finds what an interrupted run left. */

export const MAX_NODES = 9;
export const MAX_SLOT = 15;
export const SERVICE_RANGE = "10.96.0.0/16";
export const API_SERVICE_ADDRESS = "10.96.0.1";
export const DNS_SERVICE_ADDRESS = "10.96.0.10";
export const POD_RANGE = "10.244.0.0/16";
export const API_PORT = 6443;

export interface NodePlan {
  readonly name: string;
  /** Network namespace. */
  readonly namespace: string;
  readonly address: string;
  readonly podRange: string;
  readonly zone: string;
  /** cgroup below which this node's kubelet puts its pods. */
  readonly cgroup: string;
}

export interface ClusterPlan {
  readonly name: string;
  readonly slot: number;
  /** Begins the name of every link, network namespace and cgroup of this cluster, and of no other. */
  readonly prefix: string;
  /** Network namespace that holds the bridge between the nodes. */
  readonly fabricNamespace: string;
  /** The one link that the host sees. */
  readonly hostLink: string;
  readonly fabricRange: string;
  readonly hostAddress: string;
  readonly apiAddress: string;
  readonly apiUrl: string;
  /** cgroup that holds the processes of the control plane and of the nodes. */
  readonly systemCgroup: string;
  readonly nodes: readonly NodePlan[];
}

/** Names are short because a link's name may have 15 characters, and have no hyphen so that no prefix begins another. */
const NAME = /^[a-z][a-z0-9]{0,9}$/;

/**
 * Plans a cluster. The slot, 0 to 15, keeps the nodes of clusters that run side by side apart; pods and Services may
 * share their ranges, because they are routed inside the nodes' own namespaces only.
 */
export function planCluster(name: string, slot: number, nodeCount: number): ClusterPlan {
  requireName(name);
  if (!Number.isInteger(nodeCount) || nodeCount < 1 || nodeCount > MAX_NODES)
    throw new Error(`${nodeCount} nodes cannot be started: give a number from 1 to ${MAX_NODES} (NODES=3, --nodes 3)`);
  if (!Number.isInteger(slot) || slot < 0 || slot > MAX_SLOT)
    throw new Error(`slot ${slot} does not exist: slots go from 0 to ${MAX_SLOT}`);
  const prefix = `pp-${name}`;
  const fabric = `10.250.${slot}`;
  const nodes = Array.from({ length: nodeCount }, (_, index): NodePlan => {
    const number = index + 1;
    return {
      name: `node${number}`,
      namespace: `${prefix}-node${number}`,
      address: `${fabric}.${10 + number}`,
      podRange: `10.244.${number}.0/24`,
      zone: `zone-${number}`,
      cgroup: `${prefix}-node${number}`,
    };
  });
  const apiAddress = `${fabric}.11`;
  return {
    name,
    slot,
    prefix,
    fabricNamespace: `${prefix}-fabric`,
    hostLink: prefix,
    fabricRange: `${fabric}.0/24`,
    hostAddress: `${fabric}.1`,
    apiAddress,
    apiUrl: `https://${apiAddress}:${API_PORT}`,
    systemCgroup: `${prefix}-system`,
    nodes,
  };
}

/** Throws unless the name can name a cluster. */
export function requireName(name: string): void {
  if (!NAME.test(name))
    throw new Error(
      `"${name}" cannot name a cluster: give 1 to 10 lower-case letters and digits that begin with a letter, such as "local"`,
    );
}
