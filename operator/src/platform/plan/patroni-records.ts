import { postgresql } from "../../components/data-layer/postgresql/index.ts";
import { PLACE, SCOPE } from "../../components/data-layer/postgresql/place.ts";
import { isPodReady } from "../../components/kit/health/pods.ts";
import type { PlatformModel } from "../../components/model.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { ANNOTATION_PATRONI } from "../../labels.ts";
import type { Work } from "../apply/apply-object.ts";
import { observe } from "../live/observe.ts";

/** Where Patroni writes PostgreSQL's system identifier when it makes a new database cluster. */
const ANNOTATION_INITIALIZE = "initialize";
/** Where Patroni has the settings that all members share, as JSON. */
const ANNOTATION_CONFIG = "config";

/** What Patroni has written down of a database cluster. */
export interface PatroniRecord {
  /**
   * PostgreSQL's system identifier; empty while the cluster is made, undefined while there is none. Another one means
   * that all data before it is gone, with the volumes or the namespace that held it, and that what was done to the
   * database has to be done again.
   */
  readonly identity: string | undefined;
  /** Connections that each member accepts, once it has restarted since that was changed; undefined where none are set. */
  readonly maxConnections: number | undefined;
}

interface Look extends PatroniRecord {
  /** Which pods there were, which of them were ready, and what Patroni said of each. */
  readonly pods: string;
}

const NOTHING: PatroniRecord = { identity: undefined, maxConnections: undefined };

/** What Patroni has written down of the database cluster of each platform. */
export class PatroniRecords {
  readonly #looks = new Map<string, Look>();

  /**
   * By a live look, which is taken again only when an instance was replaced, became ready or unready, or is in another
   * state by Patroni's word: no database changes into another one without that, and new settings of all members wait
   * for restarts. Throws ApiError.
   */
  async of(model: PlatformModel, work: Pick<Work, "client" | "live" | "ledger" | "signal">): Promise<PatroniRecord> {
    const namespace = model.namespaces[PLACE.layer];
    const known = this.#looks.get(model.name);
    const pods = observe(postgresql, model, work.live)
      .pods.map((pod) => [pod.metadata.uid, isPodReady(pod), pod.metadata.annotations?.[ANNOTATION_PATRONI]].join(" "))
      .sort()
      .join();
    if (known?.pods === pods || work.ledger.isClosed(namespace)) return known ?? NOTHING;
    const isNew = work.ledger.isCreated({ kind: "Namespace", metadata: { name: namespace } });
    // What was made a moment ago holds no database.
    if (isNew && known === undefined) return NOTHING;
    const { identity: found, maxConnections } = await readPatroniRecord(namespace, work);
    // While a database is made, Patroni reserves the place with an empty value: it is looked at again, and the former
    // one stands, since nothing has to be done for the next one yet.
    const identity = found === undefined || found === "" ? known?.identity : found;
    const look = {
      pods: found === "" ? "" : pods,
      identity,
      maxConnections: found === undefined ? known?.maxConnections : maxConnections,
    };
    this.#looks.set(model.name, look);
    return look;
  }

  /** By the last look; undefined before it. */
  known(platform: string): PatroniRecord | undefined {
    return this.#looks.get(platform);
  }

  forget(platform: string): void {
    this.#looks.delete(platform);
  }
}

/** By a live look. Throws ApiError. */
export async function readPatroniRecord(
  namespace: string,
  { client, signal }: Pick<Work, "client"> & Partial<Pick<Work, "signal">>,
): Promise<PatroniRecord> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/endpoints/${SCOPE}-config`;
  try {
    const { metadata } = await client.request({ method: "GET", path, ...(signal === undefined ? {} : { signal }) });
    const { [ANNOTATION_INITIALIZE]: identity, [ANNOTATION_CONFIG]: config = "" } = metadata.annotations ?? {};
    return { identity, maxConnections: maxConnectionsOf(config) };
  } catch (error) {
    // Not there yet, or the rights in a new namespace are not in effect yet: then there is no database either.
    if (error instanceof ApiError && (error.isNotFound || error.isForbidden)) return NOTHING;
    throw error;
  }
}

/** Of Patroni's configuration: somebody may have edited it. */
function maxConnectionsOf(config: string): number | undefined {
  try {
    const { postgresql } = JSON.parse(config) as {
      readonly postgresql?: { readonly parameters?: { readonly max_connections?: unknown } };
    };
    const accepted = Number(postgresql?.parameters?.max_connections);
    return Number.isSafeInteger(accepted) && accepted > 0 ? accepted : undefined;
  } catch {
    return undefined;
  }
}
