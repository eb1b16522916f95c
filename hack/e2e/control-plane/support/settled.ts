import type { ProfilePlatform } from "@profile-platform/crds";
import { eventually } from "../../support/eventually.ts";
import type { Kubectl } from "../../support/kubectl.ts";
import { condition, getPlatform } from "../../support/platform.ts";

/**
 * Waits until an operator has applied everything that can be applied without nodes: what is left waits for pods that
 * no kubelet runs.
 */
export async function waitApplied(kubectl: Kubectl, name: string, timeoutMs = 60_000): Promise<ProfilePlatform> {
  return eventually(
    async () => {
      const platform = await getPlatform(kubectl, name);
      const applied = condition(platform, "Applied");
      if (platform?.status?.observedGeneration !== platform?.metadata.generation) return undefined;
      if (applied?.status === "True" || applied?.reason === "WaitingForDependencies") return platform;
      throw new Error(`Applied is ${applied?.status ?? "not reported"}: ${applied?.message ?? ""}`);
    },
    { what: `everything of ${name} that can be is applied`, timeoutMs, everyMs: 100 },
  );
}
