import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { run } from "../../cluster/embedded/command.ts";
import { mountNamespacePath } from "../../cluster/embedded/mount-namespaces.ts";
import { clusterFolder, type Field } from "../field.ts";
import type { Member } from "../members.ts";

/** Enough for a new database with its write-ahead log, and soon filled. */
const SIZE = "384M";
const MAX_SIZE_MIB = 512;
const BALLAST = "ballast";

interface Claim extends KubernetesObject {
  readonly spec: { readonly volumeName: string };
}

interface Volume extends KubernetesObject {
  readonly spec: { readonly local: { readonly path: string } };
}

/** Runs a shell script where the node's kubelet runs; `$0` is the folder of the member's volume. */
async function onVolume(field: Field, member: Member, script: string): Promise<void> {
  await run("nsenter", [mountsOf(field, member), "sh", "-euc", script, await folderOf(field, member)]);
}

function mountsOf(field: Field, { node }: Member): string {
  return `--mount=${mountNamespacePath({ root: clusterFolder(field) }, node)}`;
}

async function folderOf({ kubectl, namespace }: Field, { pod }: Member): Promise<string> {
  const claim = (await kubectl.get("pvc", `data-${pod}`, namespace)) as Claim | undefined;
  const volume = (await kubectl.get("pv", claim?.spec.volumeName ?? "")) as Volume | undefined;
  if (volume === undefined) throw new Error(`${pod} has no volume`);
  return volume.spec.local.path;
}

/** True when the volume of a member is a small one. */
export async function isSmall(field: Field, member: Member): Promise<boolean> {
  return lstatSync(await folderOf(field, member)).isSymbolicLink();
}

/**
 * Puts a small, empty file system in place of a member's volume: a folder has no size of its own that could be used up.
 * The pod sees it when it is made anew.
 *
 * It is mounted elsewhere and linked to. What is mounted on the folder itself would show in the mount of the pod that
 * runs as well, and go with that when the pod does.
 */
export async function makeSmall(field: Field, member: Member): Promise<void> {
  const place = join(clusterFolder(field), member.node, `small-volume-${member.uid}`);
  await run("truncate", ["--size", SIZE, `${place}.img`]);
  // By default a part is kept for root, and PostgreSQL would find the volume full while it is not.
  await run("mkfs.ext4", ["-q", "-F", "-m", "0", `${place}.img`]);
  const mount = `mkdir '${place}' && mount -o loop '${place}.img' '${place}' && chmod 777 '${place}'`;
  await onVolume(field, member, `${mount} && mv "$0" "$0.former" && ln -s '${place}' "$0"`);
}

/** Leaves no byte free. */
export async function fill(field: Field, member: Member): Promise<void> {
  const write = (size: string) =>
    `dd if=/dev/zero of="$0/${BALLAST}" oflag=append conv=notrunc bs=${size} 2>&1 || true`;
  // The disk of this machine must not be what is filled.
  const isSmall = `test "$(df --output=size --block-size=1M "$0" | tail -n 1)" -lt ${MAX_SIZE_MIB}`;
  await onVolume(field, member, `${isSmall}; ${write("1M")}; ${write("1k")}; sync`);
}

export async function empty(field: Field, member: Member): Promise<void> {
  await onVolume(field, member, `rm -f "$0/${BALLAST}"`);
}
