import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { withLock } from "../../cluster/embedded/lock.ts";
import { platformManifest } from "../support/platform.ts";

/** The platform that most tests share: making one costs a minute, looking at it costs nothing. */
export const DEMO = platformManifest("demo", {
  server: { exposure: { type: "NodePort" } },
});

const LOCK = join(tmpdir(), "profile-platform-tests-demo.lock");
/** As long as all files before this one may take. */
const TURN_TIMEOUT_MS = 900_000;

/**
 * Keeps the demo platform and the operator to this file until it ends: for whatever breaks one of them, or looks whether
 * something else does. Files with platforms of their own run beside it.
 */
export function holdDemo(): void {
  const end = Promise.withResolvers<void>();
  let held: Promise<void> | undefined;
  beforeAll(async () => {
    const turn = Promise.withResolvers<void>();
    held = withLock(LOCK, () => {
      turn.resolve();
      return end.promise;
    });
    // Whoever cannot take it must not wait for its turn.
    await Promise.race([turn.promise, held]);
  }, TURN_TIMEOUT_MS);
  afterAll(async () => {
    end.resolve();
    await held;
  });
}
