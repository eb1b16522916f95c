import { isDeepStrictEqual } from "node:util";
import { CREDENTIAL_KEYS, completeCredential, type Generators, parseCredential } from "../../components/credentials.ts";
import { credentialSecretName } from "../../components/kit/credential-secret.ts";
import type { Credential, CredentialName, Credentials } from "../../components/model.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { isNotFound } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_CONTENT_ID } from "../../labels.ts";
import { SECRET_TYPE } from "../live/kinds.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import type { PlatformMemory } from "../memory.ts";
import { belongsTo, type PlatformIdentity } from "./identity.ts";

/** Credentials have to be known before anything that carries them is built; this one fails loudly. */
export const NO_CREDENTIALS: Credentials = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.keys(CREDENTIAL_KEYS).map((name) => [
      name,
      {
        enumerable: true,
        get: () => {
          throw new Error(`the credentials of ${name} were used before they were gathered`);
        },
      },
    ]),
  ),
) as Credentials;

export interface CredentialSources extends Generators {
  readonly client: Pick<ApiClient, "request">;
  readonly live: LiveObjects;
  readonly signal: AbortSignal;
}

/** The name of a Secret that could not be read, and why. */
export class CredentialUnreadableError extends Error {
  override readonly name = "CredentialUnreadableError";
  readonly secret: KubernetesObject;

  constructor(secret: KubernetesObject, cause: unknown) {
    super(`while reading Secret ${secret.metadata.namespace ?? ""}/${secret.metadata.name}`, { cause });
    this.secret = secret;
  }
}

/** Which generated Secrets a platform has, where they are kept, and where copies of them may be. */
export interface CredentialPlaces {
  readonly names: readonly CredentialName[];
  readonly home: string;
  readonly copies: readonly string[];
  /** Of these, the ones that were made a moment ago, and hold nothing yet. */
  readonly fresh: ReadonlySet<string>;
}

/**
 * The content of every generated Secret of a platform: what the cluster holds; of one that was deleted, what it held, as
 * far as memory or a copy tells; of one that never was, new random values. These stay in memory, so that a try that was
 * cut short is repeated with the same ones. Throws CredentialUnreadableError: nothing is ever generated on the mere
 * suspicion that there is nothing.
 */
export async function gatherCredentials(
  { names, home, copies, fresh }: CredentialPlaces,
  identity: PlatformIdentity,
  memory: PlatformMemory,
  sources: CredentialSources,
): Promise<Credentials> {
  for (const name of names) {
    const known = memory.credentials.get(name);
    const ours = async (namespace: string): Promise<Credential | undefined> => {
      const ref = { kind: "Secret", metadata: { namespace, name: credentialSecretName(name) } };
      const uid = memory.applier.appliedUid(ref);
      const cached = sources.live.get("Secret", namespace, ref.metadata.name);
      // Its values cannot be edited: while it is the one that was applied, it holds what is known.
      if (known !== undefined && uid !== undefined && cached?.metadata.uid === uid) return known;
      if (fresh.has(namespace)) return undefined;
      const secret = await read(namespace, ref.metadata.name, sources);
      return secret !== undefined && belongsTo(secret, identity, uid) ? reconcileContent(secret, known) : undefined;
    };
    let existing = (await ours(home)) ?? known;
    // Made while nobody remembers it: if this was deleted while no operator ran, those who use it still have their part.
    for (const namespace of copies) existing ??= await ours(namespace);
    memory.credentials.set(name, completeCredential(name, existing, sources));
  }
  return Object.fromEntries(memory.credentials) as Credentials;
}

/**
 * The content that a live Secret holds. An id that was edited by hand must not restart the pods, so the known one stands
 * while the values are the known ones.
 */
function reconcileContent(secret: KubernetesObject, known: Credential | undefined): Credential | undefined {
  const annotations = { [ANNOTATION_CONTENT_ID]: secret.metadata.uid ?? "", ...secret.metadata.annotations };
  const found = parseCredential({ ...secret, metadata: { ...secret.metadata, annotations } });
  return known !== undefined && isDeepStrictEqual(known.values, found?.values) ? known : found;
}

/** Values are in no cache: each look at them is a request. Where nothing is watched yet, it is remembered for a moment. */
async function read(
  namespace: string,
  name: string,
  { client, live, signal }: CredentialSources,
): Promise<KubernetesObject | undefined> {
  const cached = live.get("Secret", namespace, name);
  try {
    const path = resourcePath(SECRET_TYPE, { namespace, name });
    const secret = await client.request({ method: "GET", path, signal });
    live.found(secret, cached);
    return secret;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name } };
    throw new CredentialUnreadableError(secret, error);
  }
}
