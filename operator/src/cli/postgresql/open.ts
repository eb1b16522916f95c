import { type ClusterOptions, connect } from "../cluster.ts";
import type { Console } from "../console.ts";
import { findInstances } from "./instances.ts";
import { type Container, execute } from "./kubectl.ts";
import { Patroni } from "./patroni.ts";

export const CONTAINER = "postgresql";

/** What the commands about a platform's PostgreSQL work with. */
export interface Database {
  readonly patroni: Patroni;
  readonly say: (sentence: string) => void;
  /** What a container of PostgreSQL is addressed by. */
  readonly container: (pod: string) => Container;
}

/** Finds a platform's PostgreSQL. @throws UsageError when the platform is not clear, or has none */
export async function openDatabase(
  cluster: ClusterOptions,
  platform: string | undefined,
  console: Console,
): Promise<Database> {
  const client = connect(cluster);
  try {
    const { namespace, pods } = await findInstances(client, platform);
    const container = (pod: string): Container => ({ namespace, pod, container: CONTAINER });
    const run = async (pod: string, command: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await execute(cluster, container(pod), command);
      if (code !== 0) throw new Error(`in pod ${pod}: ${stderr.trim() || stdout.trim() || `exit code ${code}`}`);
      return stdout;
    };
    return {
      patroni: new Patroni(run, pods),
      say: (sentence) => console.out(`${sentence}\n`),
      container,
    };
  } finally {
    client.close();
  }
}
