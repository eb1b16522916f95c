import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureHelm } from "../../../helm/helm.ts";
import { renderChart } from "../../../helm/render.ts";
import type { Kubectl } from "../../support/kubectl.ts";
import { startApiServer } from "./api-server.ts";
import { OperatorProcess } from "./operator-process.ts";

const NAMESPACE = "platform-system";
const SERVICE_ACCOUNT = "profile-platform-operator";
const ACCESS_KINDS = new Set(["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);

/** A real control plane without nodes, with the definition and the chart's access rules installed. */
export interface OperatorBench {
  readonly kubectl: Kubectl;
  /** Starts an operator under the chart's service account. */
  startOperator(): Promise<OperatorProcess>;
  /** The same, without waiting until it works. */
  launchOperator(): Promise<OperatorProcess>;
  /** Ends every operator and the control plane. */
  stop(): Promise<void>;
}

export async function startOperatorBench(): Promise<OperatorBench> {
  const server = await startApiServer();
  const { kubectl } = server;
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-operator-"));
  const operators: OperatorProcess[] = [];
  await server.installDefinition();
  await kubectl.run(["create", "namespace", NAMESPACE]);
  const access = (await renderChart(await ensureHelm())).filter(({ kind }) => ACCESS_KINDS.has(kind));
  await kubectl.apply({ apiVersion: "v1", kind: "List", items: access });
  const settings = {
    kubeconfig: await serviceAccountKubeconfig(kubectl, join(dir, "kubeconfig")),
    namespace: NAMESPACE,
    logFile: join(dir, "operator.log"),
  };
  const keep = (operator: OperatorProcess): OperatorProcess => {
    operators.push(operator);
    return operator;
  };
  return {
    kubectl,
    startOperator: async () => keep(await OperatorProcess.start(settings)),
    launchOperator: async () => keep(await OperatorProcess.launch(settings)),
    stop: async () => {
      for (const operator of operators) await operator.kill();
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}

async function serviceAccountKubeconfig(kubectl: Kubectl, path: string): Promise<string> {
  const token = await kubectl.run(["create", "token", SERVICE_ACCOUNT, "-n", NAMESPACE, "--duration", "4h"]);
  const config = JSON.parse(await readFile(kubectl.kubeconfig, "utf8")) as { users: { user: unknown }[] };
  const users = config.users.map((user) => ({ ...user, user: { token: token.trim() } }));
  await writeFile(path, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return path;
}
