import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Settings of the whole machine that a kubelet writes as it starts; a node shares them with the host. */
const WRITTEN_BY_KUBELET = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

/** Every kubelet and containerd watches files; the kernel's default suits about two nodes. */
const INOTIFY_INSTANCES = "fs/inotify/max_user_instances";
const INOTIFY_INSTANCES_NEEDED = 1024;

const path = (setting: string) => join("/proc/sys", setting);
const read = (setting: string) => readFileSync(path(setting), "utf8").trim();

/** Notes the settings before the first cluster changes them, and raises what nodes need. */
export function adjustHostSysctls(cache: string): void {
  const record = join(cache, "clusters", "host-sysctls.json");
  if (!existsSync(record)) {
    mkdirSync(join(cache, "clusters"), { recursive: true, mode: 0o700 });
    const settings = [...WRITTEN_BY_KUBELET, INOTIFY_INSTANCES].filter((setting) => existsSync(path(setting)));
    writeFileSync(record, JSON.stringify(Object.fromEntries(settings.map((setting) => [setting, read(setting)]))));
  }
  if (Number(read(INOTIFY_INSTANCES)) < INOTIFY_INSTANCES_NEEDED)
    writeFileSync(path(INOTIFY_INSTANCES), String(INOTIFY_INSTANCES_NEEDED));
}

/** Gives the machine its settings back, once no cluster is left. */
export function restoreHostSysctls(cache: string): void {
  const record = join(cache, "clusters", "host-sysctls.json");
  if (!existsSync(record)) return;
  const noted = JSON.parse(readFileSync(record, "utf8")) as Record<string, string>;
  for (const [setting, value] of Object.entries(noted))
    if (read(setting) !== value) writeFileSync(path(setting), value);
  rmSync(record);
}
