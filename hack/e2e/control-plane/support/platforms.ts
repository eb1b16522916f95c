import type { ProfilePlatform } from "@profile-platform/crds";
import { currentReady, platformManifest } from "../../support/platform.ts";
import type { AdminApi } from "./admin-api.ts";
import type { PlatformState } from "./state.ts";

const PATH = "/apis/profileplatform.io/v1alpha1/profileplatforms";

/** What tests do to many platforms at once, without a process of kubectl for each. */
export class Platforms {
  readonly #api: AdminApi;

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** With its own namespaces, and removed as a whole unless the spec says otherwise. */
  async create(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const body = platformManifest(name, { namespacePrefix: `${name}-`, deletionPolicy: "Delete", ...spec });
    await this.#api.request({ method: "POST", path: PATH, body });
  }

  /** A merge patch of the spec. */
  async change(name: string, spec: unknown): Promise<void> {
    const contentType = "application/merge-patch+json";
    await this.#api.request({ method: "PATCH", path: `${PATH}/${name}`, contentType, body: { spec } });
  }

  /** Of all that there are. */
  async names(): Promise<readonly string[]> {
    return (await listPlatforms(this.#api)).map(({ metadata }) => metadata.name);
  }

  async remove(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#api.request({ method: "DELETE", path: `${PATH}/${name}` })));
  }
}

/** Whether the platform is Ready for its newest generation. */
export function isReady({ objects }: PlatformState): boolean {
  const platform = objects.find(({ kind }) => kind === "ProfilePlatform") as ProfilePlatform | undefined;
  return platform !== undefined && currentReady(platform)?.status === "True";
}

/** Names of those that are. */
export async function readyPlatforms(api: AdminApi): Promise<ReadonlySet<string>> {
  const ready = (await listPlatforms(api)).filter((platform) => currentReady(platform)?.status === "True");
  return new Set(ready.map(({ metadata }) => metadata.name));
}

/** Those of the named that are not, each with what it waits for. */
export async function unreadyPlatforms(api: AdminApi, names: readonly string[]): Promise<readonly string[]> {
  const all = new Map((await listPlatforms(api)).map((platform) => [platform.metadata.name, platform]));
  return names.flatMap((name) => {
    const platform = all.get(name);
    if (platform === undefined) return [`${name} is not there`];
    const ready = currentReady(platform);
    return ready?.status === "True" ? [] : [`${name}: ${ready?.message ?? "nothing is said of its newest spec"}`];
  });
}

async function listPlatforms(api: AdminApi): Promise<readonly ProfilePlatform[]> {
  const { items } = await api.request<{ readonly items: readonly ProfilePlatform[] }>({ method: "GET", path: PATH });
  return items;
}

/** `name-007`, `name-008`, …: names as CrashPoints wants them. */
export function numbered(name: string, first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${String(first + index).padStart(3, "0")}`);
}
