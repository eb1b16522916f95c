import { mkdirSync } from "node:fs";
import { addons, systemRoles } from "./addons/index.ts";
import { METRICS_SERVER_NAMES } from "./addons/metrics-server.ts";
import { type ApiEndpoint, createApplier, get } from "./api.ts";
import { buildPrograms } from "./build.ts";
import { openCgroups } from "./cgroups.ts";
import { succeeds } from "./command.ts";
import { apiServer, type ControlPlaneSettings, controllerManager, etcd, scheduler } from "./control-plane.ts";
import { adjustHostSysctls } from "./host-sysctls.ts";
import { loadImages } from "./images.ts";
import { createMountNamespaces } from "./mount-namespaces.ts";
import { createNetwork, listNamespaces } from "./network.ts";
import { containerd, type NodeContext, nodeCertificates, nodeProcesses, prepareNode } from "./node.ts";
import { clusterPaths } from "./paths.ts";
import { API_PORT, API_SERVICE_ADDRESS, type ClusterPlan, planCluster } from "./plan.ts";
import { controlPlaneCertificates, makeCertificates, writeKubeconfig } from "./pki.ts";
import { preflight } from "./preflight.ts";
import { bootId } from "./process-identity.ts";
import { findProcess, type ProcessSpec, startProcess } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { waitUntilReady } from "./readiness.ts";
import { chooseSlot, type ClusterState, listStates, readState, writeState } from "./state.ts";
import { remains, tearDown } from "./teardown.ts";
import { waitFor } from "./wait.ts";

export interface UpOptions {
  readonly cache: string;
  readonly name: string;
  readonly nodes: number;
  readonly progress: Progress;
}

/** Brings the cluster up, or puts right one that is up. Whoever calls holds the cluster's lock. */
export async function bringUp({ cache, name, nodes, progress }: UpOptions): Promise<void> {
  const before = readState(cache, name);
  const plan = planCluster(name, chooseSlot(name, listStates(cache)), nodes);
  await preflight(cache, plan, progress);
  const programs = await buildPrograms(cache, progress);
  const context: NodeContext = { plan, paths: clusterPaths(cache, name), programs, cgroups: openCgroups() };
  const state: ClusterState = { name, slot: plan.slot, nodes, phase: "starting", bootId: bootId(), kube: programs.kube };

  if (before !== undefined && (await canContinue(before, state, plan))) {
    if (before.nodes !== nodes)
      throw new Error(`the cluster ${name} runs with ${before.nodes} nodes, and nodes are not added to a running one: take it down first, or say --nodes ${before.nodes}`);
    await start(context, progress, false);
    return;
  }
  if ((await remains(cache, name)).length > 0)
    await progress.step("what an earlier run left behind removed", () => tearDown(cache, name));
  writeState(cache, state);
  adjustHostSysctls(cache);
  await start(context, progress, true);
  writeState(cache, { ...state, phase: "up" });
}

/** A cluster that was up continues, with what ended meanwhile started again; anything else begins anew. */
async function canContinue(before: ClusterState, now: ClusterState, plan: ClusterPlan): Promise<boolean> {
  if (before.phase !== "up" || before.bootId !== now.bootId || before.kube !== now.kube) return false;
  const namespaces = await listNamespaces(plan);
  return planCluster(before.name, before.slot, before.nodes).nodes.every((node) => namespaces.includes(node.namespace));
}

async function start(context: NodeContext, progress: Progress, fresh: boolean): Promise<void> {
  const { plan, paths, programs, cgroups } = context;
  const endpoint: ApiEndpoint = { server: plan.apiUrl, pki: paths.pki };
  const first = plan.nodes[0];
  if (first === undefined) throw new Error("a cluster has at least one node");
  const onFirst = (spec: ProcessSpec): ProcessSpec => ({
    ...spec,
    namespace: first.namespace,
    cgroupFile: cgroups.membersFile(plan.systemCgroup),
  });
  const settings = controlPlaneSettings(context);

  if (fresh)
    await progress.step("network, keys and folders", async () => {
      for (const folder of [paths.root, paths.logs, paths.processes, paths.pki]) mkdirSync(folder, { recursive: true, mode: 0o700 });
      cgroups.create(plan.systemCgroup);
      await Promise.all([createNetwork(plan), makeKeys(context)]);
      for (const node of plan.nodes) prepareNode(context, node);
      await createMountNamespaces(paths, plan.nodes.map((node) => node.name));
    });

  const begun = [etcd(settings), apiServer(settings)].map(onFirst);
  await progress.step("control plane", async () => {
    for (const spec of begun) startProcess(spec, paths);
    for (const node of plan.nodes) startProcess(containerd(context, node), paths);
    await Promise.all([
      waitFor("the API server", () => apiReady(endpoint), {
        timeout: 90_000,
        processes: { names: begun.map((spec) => spec.name), folders: paths },
      }),
      ...plan.nodes.map(async (node) => {
        const socket = paths.node(node.name).containerdSocket;
        await waitFor(
          `containerd of ${node.name}`,
          async () => ((await succeeds("ctr", ["--address", socket, "version"])) ? undefined : `${socket} does not answer`),
          { timeout: 30_000, processes: { names: [containerd(context, node).name], folders: paths } },
        );
        await loadImages(paths, [node], [programs.pauseImage]);
      }),
    ]);
    for (const spec of [controllerManager(settings), scheduler(settings)].map(onFirst)) startProcess(spec, paths);
  });

  await progress.step(`${plan.nodes.length} nodes and what runs on them`, async (note) => {
    const applier = createApplier(paths.kubeconfigOf("admin"));
    // Their roles first: a client that is refused at the start asks again only after a pause.
    for (const object of systemRoles()) await applier.apply(object);
    for (const node of plan.nodes) for (const spec of nodeProcesses(context, node)) startProcess(spec, paths);
    startProcess(onFirst(volumeProvisioner(context)), paths);
    for (const object of addons(programs.kube, paths.pki, plan.nodes.length)) await applier.apply(object);
    await waitUntilReady(endpoint, applier, plan, paths, note);
  });
}

function controlPlaneSettings({ paths, programs, plan }: NodeContext): ControlPlaneSettings {
  return {
    kube: programs.kube,
    pki: paths.pki,
    etcdData: paths.etcd,
    address: plan.apiAddress,
    port: API_PORT,
    etcdPort: 2379,
    etcdPeerPort: 2380,
    controllersPort: 10257,
    schedulerPort: 10259,
    kubeconfigOf: paths.kubeconfigOf,
    nodes: true,
  };
}

async function makeKeys({ plan, paths, programs }: NodeContext): Promise<void> {
  await makeCertificates(programs.kube, paths.pki, [
    ...controlPlaneCertificates([plan.apiAddress, API_SERVICE_ADDRESS, "127.0.0.1"]),
    ...nodeCertificates(plan),
    { name: "metrics-server", commonName: "metrics-server", dnsNames: METRICS_SERVER_NAMES },
  ]);
  const users = ["admin", "controller-manager", "scheduler", "proxy", "network-policy-agent", "volume-provisioner"];
  for (const user of [...users, ...plan.nodes.map((node) => node.name)])
    writeKubeconfig(paths.kubeconfigOf(user), plan.apiUrl, paths.pki, user);
  writeKubeconfig(paths.kubeconfig, plan.apiUrl, paths.pki, "admin");
}

function volumeProvisioner({ paths, programs }: NodeContext): ProcessSpec {
  return {
    name: "volume-provisioner",
    program: programs.kube,
    args: ["volume-provisioner", `--kubeconfig=${paths.kubeconfigOf("volume-provisioner")}`, `--nodes-folder=${paths.root}`],
  };
}

async function apiReady(endpoint: ApiEndpoint): Promise<string | undefined> {
  const { status, body } = await get(endpoint, "/readyz");
  return status === 200 ? undefined : `/readyz answers ${status}: ${body.slice(0, 200)}`;
}

/** Names of processes that should run and do not. */
export function missingProcesses(context: NodeContext): string[] {
  const settings = controlPlaneSettings(context);
  const specs = [
    etcd(settings),
    apiServer(settings),
    controllerManager(settings),
    scheduler(settings),
    volumeProvisioner(context),
    ...context.plan.nodes.flatMap((node) => [containerd(context, node), ...nodeProcesses(context, node)]),
  ];
  return specs.map((spec) => spec.name).filter((process) => findProcess(process, context.paths) === undefined);
}
