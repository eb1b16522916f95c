import { ApiError } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import { type Clock, sleep } from "../../engine/kit/clock.ts";
import { SECRET_TYPE } from "../live/kinds.ts";
import type { Work } from "./apply-object.ts";

const FIRST_WAIT_MS = 2;
/** Longer than an authorizer needs to hear of a binding, and so short that a worker can stand still for it. */
const LONGEST_MS = 250;

/**
 * Waits until the operator's rights are in effect in namespaces where it has just bound them, so that nothing is refused
 * for want of them. After a quarter of a second it is left to the objects to find out. `probe`: name of a Secret there,
 * which need not exist. Throws when there is no answer.
 */
export async function awaitRights(
  namespaces: readonly string[],
  probe: string,
  clock: Clock,
  { client, signal }: Pick<Work, "client" | "signal">,
): Promise<void> {
  const deadline = clock.monotonic() + LONGEST_MS;
  await Promise.all(
    namespaces.map(async (namespace) => {
      const path = resourcePath(SECRET_TYPE, { namespace, name: probe });
      for (let wait = FIRST_WAIT_MS; clock.monotonic() < deadline; wait *= 2) {
        if (await isAllowed(() => client.request({ method: "GET", path, signal }))) return;
        await sleep(clock, wait, signal);
      }
    }),
  );
}

/** What else stands in the way is the trouble of the objects that come next. Throws when there is no answer. */
async function isAllowed(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof ApiError) return !error.isForbidden;
    throw error;
  }
}
