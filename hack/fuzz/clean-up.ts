import type { FuzzTarget } from "./schemathesis.ts";

const AT_ONCE = 8;
const TIMEOUT_MS = 10_000;

/** What may be answered when something is taken away: done, or gone, or a task that has ended. */
const DONE: ReadonlySet<number> = new Set([200, 204, 404, 409]);

/**
 * Takes away what a run has made: profiles are deleted, tasks that wait are cancelled.
 *
 * @param created paths of it
 * @returns how many could not be taken away
 */
export async function cleanUp({ url, token }: FuzzTarget, created: readonly string[]): Promise<number> {
  const rest = created.flatMap(removalOf);
  let left = 0;
  const work = async (): Promise<void> => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const [method, path] = next;
      const status = await send(`${url}${path}`, method, token);
      if (!DONE.has(status)) left += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return left;
}

/** Images go with their profiles. */
function removalOf(path: string): readonly (readonly [method: string, path: string])[] {
  if (/^\/api\/v1\/profiles\/[^/]+$/.test(path)) return [["DELETE", path]];
  if (/^\/api\/v1\/tasks\/[^/]+$/.test(path)) return [["POST", `${path}/cancel`]];
  return [];
}

/** The status of the answer; 0 without one. */
async function send(url: string, method: string, token: string): Promise<number> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
