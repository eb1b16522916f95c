import { existsSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { run, succeeds } from "./command.ts";
import { installDebianPackages } from "./debian.ts";
import { CNI_PLUGINS } from "./node.ts";
import { clusterPaths } from "./paths.ts";
import { type ClusterPlan, MAX_NODES } from "./plan.ts";
import type { Progress } from "./progress.ts";

/** Programs on the PATH, and the Debian package that brings each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  nft: "nftables",
  iptables: "iptables",
  ip: "iproute2",
  conntrack: "conntrack",
  socat: "socat",
  nsenter: "util-linux",
  mount: "mount",
  sysctl: "procps",
  // For what is done with the cluster: hack/apply-layers.sh.
  jq: "jq",
};

const MIN_FREE_BYTES = 6 * 1024 ** 3;
/** The kernel's limit on the path of a socket, less what containerd appends to it. */
const MAX_SOCKET_PATH = 107 - ".ttrpc".length;

/** Puts right what can be put right; otherwise throws one sentence that says what is missing and how to get it. */
export async function preflight(cache: string, plan: ClusterPlan, progress: Progress): Promise<void> {
  requireRoot();
  await installPackages(progress);
  checkPaths(cache, plan);
  checkDisk(cache);
  await checkKernel();
  await checkAddresses(plan);
}

/** Throws unless this is Linux, and this process may do what a cluster needs done. */
export function requireRoot(): void {
  if (process.platform !== "linux")
    throw new Error(
      "the embedded cluster needs Linux: start Docker and install kind, or set CLUSTER=current to use the cluster of your kubeconfig",
    );
  if (process.getuid?.() !== 0)
    throw new Error(
      "the embedded cluster makes network namespaces and mounts, which only root may: run the command again as root, with sudo say",
    );
}

async function installPackages(progress: Progress): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const words = missing.join(" ");
  if (!existsSync("/etc/debian_version") || !onPath("apt-get"))
    throw new Error(
      `programs are missing that Debian has in the packages ${words}: install them with this system's package manager`,
    );
  await progress.step(`Debian packages installed: ${words}`, async () => {
    try {
      await installDebianPackages(missing, () => missingPackages().length === 0);
    } catch (cause) {
      throw new Error(`the packages ${words} could not be installed: run apt-get install ${words} by hand`, { cause });
    }
  });
  const still = missingPackages();
  if (still.length > 0)
    throw new Error(
      `${still.join(" ")} are installed, but their programs are not on the PATH: add /usr/sbin and /sbin to it`,
    );
}

function missingPackages(): string[] {
  const packages = Object.entries(PROGRAMS)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
  if (!existsSync(join(CNI_PLUGINS, "ptp"))) packages.push("containernetworking-plugins");
  return [...new Set(packages)].sort();
}

function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, program)));
}

function checkPaths(cache: string, plan: ClusterPlan): void {
  const socket = clusterPaths(cache, plan.name).node(`node${MAX_NODES}`).containerdSocket;
  if (socket.length > MAX_SOCKET_PATH)
    throw new Error(
      `${socket} is too long for a socket, ${MAX_SOCKET_PATH} characters at most: set PROFILE_PLATFORM_CACHE to a shorter folder`,
    );
  if (/\s/.test(cache))
    throw new Error(
      `the cache folder "${cache}" has a space in its name, which mounts do not take: set PROFILE_PLATFORM_CACHE to another one`,
    );
}

function checkDisk(cache: string): void {
  mkdirSync(cache, { recursive: true });
  const { bavail, bsize } = statfsSync(cache);
  const free = bavail * bsize;
  if (free < MIN_FREE_BYTES)
    throw new Error(
      `${cache} has ${(free / 1024 ** 3).toFixed(1)} GiB left and the cluster needs ${MIN_FREE_BYTES / 1024 ** 3}: free some, or set PROFILE_PLATFORM_CACHE to a folder on a larger disk`,
    );
}

async function checkKernel(): Promise<void> {
  if (
    !/^(nodev)?\s*overlay$/m.test(readFileSync("/proc/filesystems", "utf8")) &&
    !(await succeeds("modprobe", ["overlay"]))
  )
    throw new Error(
      "the kernel has no overlay file system, which containers are made of: run modprobe overlay, or boot a kernel that has it",
    );
  if (!(await succeeds("nft", ["list", "tables"])))
    throw new Error(
      "the kernel refuses nftables, which carry Services and NetworkPolicies: run modprobe nf_tables, or boot a kernel that has it",
    );
}

async function checkAddresses(plan: ClusterPlan): Promise<void> {
  const begin = plan.fabricRange.replace(/0\/24$/, "");
  const cure = `remove it, or give the cluster another name with --name, which moves it to another range`;
  for (const [link, addresses] of Object.entries(networkInterfaces()))
    if (link !== plan.hostLink && addresses?.some((each) => each.address.startsWith(begin)))
      throw new Error(`the link ${link} uses addresses of ${plan.fabricRange}, where the nodes go: ${cure}`);
  const routes = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "root", plan.fabricRange])) as {
    dst: string;
    dev?: string;
  }[];
  const foreign = routes.find((route) => route.dev !== plan.hostLink);
  if (foreign !== undefined)
    throw new Error(
      `a route to ${foreign.dst} by ${foreign.dev ?? "another host"} covers ${plan.fabricRange}, where the nodes go: ${cure}`,
    );
}
