import { run } from "../../cluster/embedded/command.ts";
import { namespacePath } from "../../cluster/embedded/network.ts";
import { API_PORT, type ClusterPlan } from "../../cluster/embedded/plan.ts";
import type { Member } from "../members.ts";

const TABLE = "inet chaos";

/** Drops what a pod sends to the API server, and nothing else. */
export async function blockApi(plan: ClusterPlan, member: Member): Promise<void> {
  await nft(plan, member, renderBlock(plan, member));
}

export function renderBlock(
  { apiAddress }: Pick<ClusterPlan, "apiAddress">,
  { address }: Pick<Member, "address">,
): string {
  const rule = `ip saddr ${address} ip daddr ${apiAddress} tcp dport ${API_PORT} drop`;
  // From a pod on the API server's own node it comes in, from any other it is forwarded.
  return `table ${TABLE} {
  chain input {
    type filter hook input priority -20; policy accept;
    ${rule}
  }
  chain forward {
    type filter hook forward priority -20; policy accept;
    ${rule}
  }
}
`;
}

export async function unblockApi(plan: ClusterPlan, member: Member): Promise<void> {
  // Declared before it is deleted, because deleting a table that is not there is an error.
  await nft(plan, member, `table ${TABLE}\ndelete table ${TABLE}\n`);
}

async function nft(plan: ClusterPlan, { node }: Member, input: string): Promise<void> {
  const namespace = plan.nodes.find(({ name }) => name === node)?.namespace;
  if (namespace === undefined) throw new Error(`the cluster has no node ${node}`);
  await run("nsenter", [`--net=${namespacePath(namespace)}`, "nft", "-f", "-"], { input });
}
