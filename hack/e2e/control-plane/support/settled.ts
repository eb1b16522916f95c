import type { ProfilePlatform } from "@profile-platform/crds";
import { RefusedError } from "../../support/administrator.ts";
import { eventually } from "../../support/eventually.ts";
import { condition, currentReady } from "../../support/platform.ts";
import type { AdminApi } from "./admin-api.ts";

const EVERY_MS = 50;

/**
 * Waits until an operator has applied everything that can be applied without nodes: what is left waits for pods that
 * no kubelet runs.
 */
export async function waitApplied(api: AdminApi, name: string, timeoutMs = 60_000): Promise<ProfilePlatform> {
  return eventually(
    async () => {
      const platform = await platformOf(api, name);
      const applied = condition(platform, "Applied");
      if (platform?.status?.observedGeneration !== platform?.metadata.generation) return undefined;
      if (applied?.status === "True" || applied?.reason === "WaitingForDependencies") return platform;
      throw new Error(`Applied is ${applied?.status ?? "not reported"}: ${applied?.message ?? ""}`);
    },
    { what: `everything of ${name} that can be is applied`, timeoutMs, everyMs: EVERY_MS },
  );
}

/** Waits for Ready=True of the newest generation. */
export async function waitReady(api: AdminApi, name: string, timeoutMs = 60_000): Promise<ProfilePlatform> {
  return eventually(
    async () => {
      const platform = await platformOf(api, name);
      const ready = platform === undefined ? undefined : currentReady(platform);
      if (ready?.status === "True") return platform;
      throw new Error(`Ready is ${ready?.status ?? "not reported"}: ${ready?.message ?? ""}`);
    },
    { what: `platform ${name} is Ready`, timeoutMs, everyMs: EVERY_MS },
  );
}

/** Without a start of kubectl for each look, which costs more than all that is looked at. */
async function platformOf(api: AdminApi, name: string): Promise<ProfilePlatform | undefined> {
  const path = `/apis/profileplatform.io/v1alpha1/profileplatforms/${name}`;
  try {
    return (await api.request({ method: "GET", path })) as unknown as ProfilePlatform;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}
