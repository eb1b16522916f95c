import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { get } from "./embedded/api.ts";
import { buildPrograms } from "./embedded/build.ts";
import { apiServer, type ControlPlaneSettings, controllerManager, etcd } from "./embedded/control-plane.ts";
import { cacheRoot } from "./embedded/paths.ts";
import { controlPlaneCertificates, makeCertificates, writeKubeconfig } from "./embedded/pki.ts";
import {
  findProcess,
  type ProcessFolders,
  type ProcessSpec,
  recordedProcesses,
  startProcess,
  stopProcesses,
} from "./embedded/processes.ts";
import { createProgress, type Progress } from "./embedded/progress.ts";
import { waitFor } from "./embedded/wait.ts";

export interface ControlPlaneOptions {
  /** Folder for keys, data and logs; made if it is missing. One control plane at a time can use it. */
  readonly dir: string;
  readonly progress?: Progress;
  /** Default true. Without them nothing is made from what is created, and no deleted namespace ever goes. */
  readonly controllers?: boolean;
}

export type ControlPlaneProcess = "etcd" | "kube-apiserver" | "kube-controller-manager";

export interface ControlPlane {
  /** For the administrator, mode 0600. */
  readonly kubeconfigPath: string;
  /** Folder with a log a process. */
  readonly logs: string;
  /** Throws when the process does not run. */
  pidOf(name: ControlPlaneProcess): number;
  /** Ends the processes; the data stays. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, the API server and, unless they are left out, the controllers on 127.0.0.1, on ports that are free.
 * There are no nodes, so pods stay Pending, and no root is needed. All of it ends with this process at the latest.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const dir = resolve(options.dir);
  const folders: ProcessFolders = { logs: join(dir, "logs"), processes: join(dir, "processes") };
  const pki = join(dir, "pki");
  const stop = () => stopProcesses(recordedProcesses(folders), folders, 1_000);
  mkdirSync(dir, { recursive: true, mode: 0o700 });

  const { kube } = await buildPrograms(cacheRoot(), options.progress ?? createProgress());
  const [port, etcdPort, etcdPeerPort, controllersPort, schedulerPort] = await freePorts();
  const server = `https://127.0.0.1:${port}`;
  const settings: ControlPlaneSettings = {
    kube,
    pki,
    // A member of etcd remembers its ports, and these are new each time.
    etcdData: join(dir, `etcd-${etcdPeerPort}`),
    address: "127.0.0.1",
    port,
    etcdPort,
    etcdPeerPort,
    controllersPort,
    schedulerPort,
    kubeconfigOf: (user) => join(pki, `${user}.kubeconfig`),
    nodes: false,
  };
  await makeCertificates(kube, pki, controlPlaneCertificates(["127.0.0.1", "10.96.0.1"]));
  for (const user of ["admin", "controller-manager"]) writeKubeconfig(settings.kubeconfigOf(user), server, pki, user);

  const tied = (spec: ProcessSpec): ProcessSpec => ({ ...spec, endsWithParent: true });
  const stores = [etcd(settings), apiServer(settings)].map(tied);
  const controllers = tied(controllerManager(settings));
  try {
    for (const spec of stores) startProcess(spec, folders);
    await waitFor("the API server", () => ready(server, pki), {
      timeout: 60_000,
      processes: { names: stores.map((spec) => spec.name), folders },
    });
    // Not before: their roles are among the last things that the API server makes for itself.
    if (options.controllers !== false) {
      startProcess(controllers, folders);
      await waitFor("the controllers", () => serviceAccountMade(server, pki), {
        timeout: 30_000,
        processes: { names: [...stores, controllers].map((spec) => spec.name), folders },
      });
    }
  } catch (cause) {
    await stop();
    throw new Error(`while starting a control plane in ${dir}`, { cause });
  }
  return {
    kubeconfigPath: settings.kubeconfigOf("admin"),
    logs: folders.logs,
    pidOf: (name) => {
      const found = findProcess(name, folders);
      if (found === undefined) throw new Error(`${name} does not run: see ${join(folders.logs, `${name}.log`)}`);
      return found.pid;
    },
    stop,
  };
}

async function ready(server: string, pki: string): Promise<string | undefined> {
  const { status } = await get({ server, pki }, "/readyz");
  return status === 200 ? undefined : `/readyz answers ${status}`;
}

/** The account is what any namespace gets first, so it tells that controllers work. */
async function serviceAccountMade(server: string, pki: string): Promise<string | undefined> {
  const { status } = await get({ server, pki }, "/api/v1/namespaces/default/serviceaccounts/default");
  return status === 200 ? undefined : "the namespace default has no service account yet";
}

type Ports = readonly [number, number, number, number, number];

/** Asks the kernel for ports, all at once so that they differ. */
async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    Array.from({ length: 5 }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.on("error", reject);
        server.listen(0, "127.0.0.1", () => resolve(server));
      });
    }),
  );
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as unknown as Ports;
}
