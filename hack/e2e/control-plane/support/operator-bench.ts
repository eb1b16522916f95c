import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { ensureHelm } from "../../../helm/helm.ts";
import { renderChart } from "../../../helm/render.ts";
import { kubeconfigWithToken } from "../../support/administrator.ts";
import type { Kubectl } from "../../support/kubectl.ts";
import { AdminApi } from "./admin-api.ts";
import { startApiServer } from "./api-server.ts";
import { keepLogs } from "./kept-logs.ts";
import { hurryNamespaces } from "./namespace-hurry.ts";
import { OperatorProcess, type OperatorSettings } from "./operator-process.ts";

const NAMESPACE = "platform-system";
const SERVICE_ACCOUNT = "profile-platform-operator";
const ACCESS_KINDS = new Set(["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);

/** What an operator may be told differently; `kubeconfig` is that of a proxy, say. */
export type OperatorChoices = Partial<Pick<OperatorSettings, "kubeconfig" | "program" | "nodeFlags" | "args">>;

/** A real control plane without nodes, with the definition and the chart's access rules installed. */
export interface OperatorBench {
  readonly kubectl: Kubectl;
  /** The administrator's. */
  readonly api: AdminApi;
  /** What the chart makes of its default values. */
  readonly chart: readonly KubernetesObject[];
  /** Of the chart's service account. */
  readonly kubeconfig: string;
  /** For what a test needs besides; removed at the end. */
  readonly dir: string;
  /** Starts an operator under the chart's service account. */
  startOperator(settings?: OperatorChoices): Promise<OperatorProcess>;
  /** The same, without waiting until it works. */
  launchOperator(settings?: OperatorChoices): Promise<OperatorProcess>;
  /** So that the next one need not wait until the lease of one that was killed has run out. */
  deleteLease(): Promise<void>;
  /** Ends every operator and the control plane. */
  stop(): Promise<void>;
}

export async function startOperatorBench(): Promise<OperatorBench> {
  const server = await startApiServer();
  const { kubectl } = server;
  const dir = await mkdtemp(join(tmpdir(), "profile-platform-operator-"));
  const operators: OperatorProcess[] = [];
  const api = new AdminApi(kubectl.kubeconfig);
  const hurry = hurryNamespaces(api);
  await server.installDefinition();
  await kubectl.run(["create", "namespace", NAMESPACE]);
  const chart = await renderChart(await ensureHelm());
  const access = chart.filter(({ kind }) => ACCESS_KINDS.has(kind));
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
    api,
    chart,
    kubeconfig: settings.kubeconfig,
    dir,
    startOperator: async (choices) => keep(await OperatorProcess.start({ ...settings, ...choices })),
    launchOperator: async (choices) => keep(await OperatorProcess.launch({ ...settings, ...choices })),
    deleteLease: async () => {
      await kubectl.run([
        "delete",
        "lease",
        "profile-platform-operator",
        "-n",
        NAMESPACE,
        "--wait=false",
        "--ignore-not-found",
      ]);
    },
    stop: async () => {
      for (const operator of operators) await operator.kill();
      try {
        await hurry.stop();
      } finally {
        api.close();
        await server.stop();
        await keepLogs(dir);
        await rm(dir, { recursive: true });
      }
    },
  };
}

async function serviceAccountKubeconfig(kubectl: Kubectl, path: string): Promise<string> {
  const token = await kubectl.run(["create", "token", SERVICE_ACCOUNT, "-n", NAMESPACE, "--duration", "4h"]);
  await writeFile(path, kubeconfigWithToken(kubectl.kubeconfig, token.trim()), { mode: 0o600 });
  return path;
}
