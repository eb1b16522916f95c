import { postgresql } from "../../components/data-layer/postgresql/index.ts";
import { PLACE, SCOPE } from "../../components/data-layer/postgresql/place.ts";
import { isPodReady } from "../../components/kit/health/pods.ts";
import type { PlatformModel } from "../../components/model.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import type { Work } from "../apply/apply-object.ts";
import { observe } from "../live/observe.ts";

/** Where Patroni writes PostgreSQL's system identifier when it makes a new database cluster. */
const ANNOTATION_INITIALIZE = "initialize";

interface Look {
  /** Which pods there were, and which of them were ready. */
  readonly pods: string;
  readonly identity: string | undefined;
}

/**
 * PostgreSQL's system identifier of each platform: another one means that all data before it is gone, with the volumes
 * or the namespace that held it, and that what was done to the database has to be done again.
 */
export class DatabaseIdentities {
  readonly #looks = new Map<string, Look>();

  /**
   * The identifier by a live look, which is taken again only when an instance was replaced, or became ready or unready:
   * no database changes into another one without that. Undefined while there is none. Throws ApiError.
   */
  async of(
    model: PlatformModel,
    work: Pick<Work, "client" | "live" | "ledger" | "signal">,
  ): Promise<string | undefined> {
    const namespace = model.namespaces[PLACE.layer];
    const known = this.#looks.get(model.name);
    const pods = observe(postgresql, model, work.live)
      .pods.map((pod) => `${pod.metadata.uid ?? ""} ${isPodReady(pod)}`)
      .sort()
      .join();
    if (known?.pods === pods || work.ledger.isClosed(namespace)) return known?.identity;
    const isNew = work.ledger.isCreated({ kind: "Namespace", metadata: { name: namespace } });
    // What was made a moment ago holds no database.
    if (isNew && known === undefined) return undefined;
    const found = await readDatabaseIdentity(namespace, work);
    // While a database is made, Patroni reserves the place with an empty value: it is looked at again, and the former
    // one stands, since nothing has to be done for the next one yet.
    const identity = found === undefined || found === "" ? known?.identity : found;
    this.#looks.set(model.name, { pods: found === "" ? "" : pods, identity });
    return identity;
  }

  forget(platform: string): void {
    this.#looks.delete(platform);
  }
}

/** By a live look: empty while the database is being made, undefined while there is none. Throws ApiError. */
export async function readDatabaseIdentity(
  namespace: string,
  { client, signal }: Pick<Work, "client"> & Partial<Pick<Work, "signal">>,
): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/endpoints/${SCOPE}-config`;
  try {
    const { metadata } = await client.request({ method: "GET", path, ...(signal === undefined ? {} : { signal }) });
    return metadata.annotations?.[ANNOTATION_INITIALIZE];
  } catch (error) {
    // Not there yet, or the rights in a new namespace are not in effect yet: then there is no database either.
    if (error instanceof ApiError && (error.isNotFound || error.isForbidden)) return undefined;
    throw error;
  }
}
