import type { ProfilePlatform } from "@profile-platform/crds";
import {
  isRevoked,
  type PublicJWK,
  parseSigningKey,
  type SigningKey,
  signingKeySecretName,
} from "../../components/server-layer/auth/signing-key.ts";
import { signingKeyAt } from "../../components/server-layer/auth/signing-keys.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError, isNotFound } from "../../engine/client/api-error.ts";
import { type ResourceType, resourcePath } from "../../engine/client/resource-type.ts";
import { UsageError } from "../../errors.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_MAX_TOKEN_LIFETIME } from "../../labels.ts";
import { JWKS_CONFIG_MAP, JWKS_KEY, TOKEN_ISSUER_ROLE } from "../../names.ts";
import { CONFIG_MAP_TYPE, SECRET_TYPE } from "../../platform/live/kinds.ts";
import { namespacesOf } from "../../platform/plan/resolve.ts";
import { readPlatforms } from "../cluster.ts";

type Client = Pick<ApiClient, "request">;

/** What tokens are signed with, and the most that they may say. */
export interface Issuer {
  readonly key: SigningKey;
  /** Such as `24h`. */
  readonly maxLifetime: string;
}

/**
 * Namespace of a platform's server layer, by the ProfilePlatform: the one that is named, or the only one. Throws
 * UsageError where there is none or more than one, and where another issuer makes the tokens.
 */
export async function findNamespace(client: Client, name: string | undefined): Promise<string> {
  const platforms = await readPlatformsAllowed(client, name);
  const [platform] = platforms;
  if (platform === undefined) {
    throw new UsageError("There is no platform in this cluster: kubectl apply -f a manifest of a ProfilePlatform.");
  }
  if (platforms.length > 1) {
    const names = platforms.map(({ metadata }) => metadata.name).join(", ");
    throw new UsageError(`There is more than one platform in this cluster (${names}): add --platform and its name.`);
  }
  const { oidc } = platform.spec.auth;
  if (oidc !== undefined) {
    throw new UsageError(
      `Platform ${platform.metadata.name} takes the tokens of ${oidc.issuerURL} and no others: get one there, for the ` +
        `audience "${oidc.audience}", with the role in the claim "${oidc.rolesClaim}".`,
    );
  }
  return namespacesOf(platform.spec.namespacePrefix)["server-layer"];
}

/** The embedded issuer of the platform whose server layer is in a namespace. `now`: milliseconds since the epoch. */
export async function readIssuer(client: Client, namespace: string, now: number): Promise<Issuer> {
  const configMap = await read(client, CONFIG_MAP_TYPE, namespace, JWKS_CONFIG_MAP);
  const published = configMap === undefined ? undefined : publishedKeys(configMap);
  const maxLifetime = configMap?.metadata.annotations?.[ANNOTATION_MAX_TOKEN_LIFETIME];
  if (published === undefined || maxLifetime === undefined) {
    throw new UsageError(
      `Namespace ${namespace} has no keys to sign with (ConfigMap ${JWKS_CONFIG_MAP}): wait until the operator has ` +
        "made them (profileplatform status), or look whether the platform has an OIDC issuer (spec.auth.oidc).",
    );
  }
  const found: { readonly kid: string; readonly createdAt: number; readonly key: SigningKey }[] = [];
  for (const { kid } of published) {
    const secret = await read(client, SECRET_TYPE, namespace, signingKeySecretName(kid));
    const key = secret === undefined || isRevoked(secret) ? undefined : parseSigningKey(secret);
    const createdAt = Date.parse(secret?.metadata.creationTimestamp ?? "");
    if (key !== undefined) found.push({ kid, createdAt, key });
  }
  const signing = signingKeyAt(found, now);
  if (signing === undefined) {
    throw new UsageError(`Namespace ${namespace} has no key to sign with yet: try again in a few seconds.`);
  }
  return { key: signing.key, maxLifetime };
}

async function readPlatformsAllowed(client: Client, name: string | undefined): Promise<readonly ProfilePlatform[]> {
  try {
    return await readPlatforms(client, name);
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof ApiError && error.cause.isForbidden)) throw error;
    throw new UsageError(
      "You may not read ProfilePlatforms: name the namespace of the platform's server layer with --namespace instead, " +
        "such as --namespace server-layer.",
      { cause: error },
    );
  }
}

async function read(
  client: Client,
  type: ResourceType,
  namespace: string,
  name: string,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.request({ method: "GET", path: resourcePath(type, { namespace, name }) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (error instanceof ApiError && error.isForbidden) {
      throw new UsageError(
        `You may not read ${type.kind} ${namespace}/${name}: ask for a RoleBinding in namespace ${namespace} that ` +
          `gives you the Role ${TOKEN_ISSUER_ROLE}.`,
        { cause: error },
      );
    }
    throw new Error(`while reading ${type.kind} ${namespace}/${name}`, { cause: error });
  }
}

function publishedKeys(configMap: KubernetesObject): readonly PublicJWK[] | undefined {
  const text = (configMap["data"] as Readonly<Record<string, string>> | undefined)?.[JWKS_KEY];
  return text === undefined ? undefined : (JSON.parse(text) as { readonly keys: readonly PublicJWK[] }).keys;
}
