import { mkdirSync } from "node:fs";
import { addons, systemRoles } from "./addons/index.ts";
import { METRICS_SERVER_NAMES } from "./addons/metrics-server.ts";
import { type ApiEndpoint, createApplier, get } from "./api.ts";
import { succeeds } from "./command.ts";
import { apiServer, type ControlPlaneSettings, controllerManager, etcd, scheduler } from "./control-plane.ts";
import { loadImages } from "./images.ts";
import { createMountNamespaces } from "./mount-namespaces.ts";
import { createNetwork } from "./network.ts";
import { containerd, type NodeContext, nodeCertificates, nodeProcesses, prepareNode } from "./node.ts";
import { controlPlaneCertificates, makeCertificates, writeKubeconfig } from "./pki.ts";
import { API_PORT, API_SERVICE_ADDRESS } from "./plan.ts";
import { type ProcessSpec, startProcess } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { waitUntilReady } from "./readiness.ts";
import { waitFor } from "./wait.ts";

/** Starts what does not run yet and waits until everything answers. A fresh cluster gets its network and keys first. */
export async function start(context: NodeContext, progress: Progress, fresh: boolean): Promise<void> {
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
      for (const folder of [paths.root, paths.logs, paths.processes, paths.pki])
        mkdirSync(folder, { recursive: true, mode: 0o700 });
      cgroups.create(plan.systemCgroup);
      await Promise.all([createNetwork(plan), makeKeys(context)]);
      for (const node of plan.nodes) prepareNode(context, node);
      await createMountNamespaces(
        paths,
        plan.nodes.map((node) => node.name),
      );
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
          async () =>
            (await succeeds("ctr", ["--address", socket, "version"])) ? undefined : `${socket} does not answer`,
          { timeout: 30_000, processes: { names: [containerd(context, node).name], folders: paths } },
        );
        await loadImages(paths, [node], [programs.pauseImage]);
      }),
    ]);
    for (const spec of [controllerManager(settings), scheduler(settings)].map(onFirst)) startProcess(spec, paths);
  });

  await progress.step(`${plan.nodes.length} nodes and what runs on them`, async (note) => {
    const applier = await createApplier(paths.kubeconfigOf("admin"));
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
    kubeconfigOf: (user) => paths.kubeconfigOf(user),
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
    args: [
      "volume-provisioner",
      `--kubeconfig=${paths.kubeconfigOf("volume-provisioner")}`,
      `--nodes-folder=${paths.root}`,
    ],
  };
}

async function apiReady(endpoint: ApiEndpoint): Promise<string | undefined> {
  const { status, body } = await get(endpoint, "/readyz");
  return status === 200 ? undefined : `/readyz answers ${status}: ${body.slice(0, 200)}`;
}
