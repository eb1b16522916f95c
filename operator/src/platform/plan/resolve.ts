import type {
  AuthSpec,
  PostgreSQLBackupSpec,
  ProfilePlatform,
  ProfilePlatformSpec,
  ServerSpec,
  WorkerSpec,
} from "@profile-platform/crds";
import { profilePlatformDefinition, type StructuralSchema } from "@profile-platform/crds/crd";
import type { AuthModel, BackupModel, Credentials, PlatformModel, ServiceSettings } from "../../components/model.ts";
import type { SigningKey } from "../../components/server-layer/auth/signing-key.ts";
import type { ImageCatalogue } from "../../images.ts";
import { LAYERS, type LayerName } from "../../names.ts";
import { Recent } from "../../recent.ts";
import { applyDefaults, findDefects } from "../../schema/index.ts";
import { ownerReference } from "./identity.ts";

/** What a model needs beside the spec. */
export interface Surroundings {
  readonly images: ImageCatalogue;
  readonly credentials: Credentials;
  /** Of the embedded issuer, oldest first; undefined where they are not known yet. */
  readonly signingKeys: readonly SigningKey[] | undefined;
  /** Who gets rights in the namespaces; undefined where no operator carries the model out. */
  readonly operator: PlatformModel["operator"];
}

/** The spec cannot be carried out; the message names each field and the cure. */
export class InvalidSpecError extends Error {
  override readonly name = "InvalidSpecError";
}

/**
 * Everything that builders may know. The API server fills in defaults and refuses bad values itself; what an older
 * definition let through, or what was never sent to a server, gets the same treatment here. Throws InvalidSpecError.
 */
export function resolve(
  platform: ProfilePlatform,
  { images, credentials, signingKeys, operator }: Surroundings,
): PlatformModel {
  const { name, uid } = platform.metadata;
  const spec = completeSpec(platform);
  const { server, worker, postgresql, redis, rabbitmq } = spec;
  return {
    name,
    owner: uid === undefined ? undefined : ownerReference({ name, uid }),
    deletionPolicy: spec.deletionPolicy,
    namespaces: namespacesOf(spec.namespacePrefix),
    operator,
    images,
    credentials,
    postgresql: {
      instances: postgresql.instances,
      synchronous: postgresql.synchronous,
      parameters: postgresql.parameters ?? {},
      backup: postgresql.backup && backupOf(postgresql.backup),
      storage: postgresql.storage,
      resources: postgresql.resources,
      probes: postgresql.probes,
    },
    redis: {
      replicas: redis.replicas,
      storage: redis.storage,
      resources: redis.resources,
      probes: redis.probes,
    },
    rabbitmq: {
      replicas: rabbitmq.replicas,
      storage: rabbitmq.storage,
      resources: rabbitmq.resources,
      probes: rabbitmq.probes,
    },
    server: {
      replicas: server.replicas,
      autoscaling: server.autoscaling,
      exposure: server.exposure,
      resources: server.resources,
      probes: server.probes,
    },
    worker: {
      replicas: worker.replicas,
      concurrency: worker.concurrency,
      resources: worker.resources,
      probes: worker.probes,
    },
    settings: settingsOf(server, worker),
    usualSettings,
    auth: authOf(spec.auth, signingKeys),
    tracing: spec.observability.tracing,
  };
}

function backupOf({ schedule, retention, repository }: PostgreSQLBackupSpec): BackupModel {
  return { schedule, retentionFull: retention.full, volume: repository.volume };
}

function settingsOf(server: ServerSpec, worker: WorkerSpec): ServiceSettings {
  const { database, cache, tasks, images, events, rateLimits, trustedProxyHops, shedding, circuitBreakers } = server;
  const { allowedOrigins } = server;
  return {
    database,
    workerDatabase: worker.database,
    cache,
    tasks,
    images,
    events,
    rateLimits,
    trustedProxyHops,
    shedding,
    circuitBreakers,
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
  };
}

function authOf({ embedded, oidc }: AuthSpec, signingKeys: Surroundings["signingKeys"]): AuthModel {
  if (oidc !== undefined) {
    const { issuerURL, audience, rolesClaim, caConfigMap } = oidc;
    return { issuer: "oidc", issuerURL, audience, rolesClaim, caConfigMap };
  }
  const { keyRotation, maxTokenLifetime } = embedded;
  return { issuer: "embedded", keyInterval: keyRotation.interval, maxTokenLifetime, signingKeys };
}

/** Namespace of each layer. */
export function namespacesOf(prefix: string): Readonly<Record<LayerName, string>> {
  return Object.fromEntries(LAYERS.map((layer) => [layer, `${prefix}${layer}`])) as Record<LayerName, string>;
}

/** A reconcile asks twice, and the spec of a platform at work stays the same, whatever becomes of its status. */
const completed = new Recent<string, ProfilePlatformSpec>(64);

function completeSpec(platform: ProfilePlatform): ProfilePlatformSpec {
  return completed.get(JSON.stringify(platform.spec ?? {}), () => completeNewSpec(platform));
}

function completeNewSpec(platform: ProfilePlatform): ProfilePlatformSpec {
  const schema = specSchema();
  const spec = applyDefaults(schema, platform.spec ?? {});
  const defects = findDefects(schema, spec, "spec");
  if (defects.length > 0) {
    throw new InvalidSpecError(defects.map(({ path, message }) => `${path} ${message}`).join("; "));
  }
  return spec as ProfilePlatformSpec;
}

function specSchema(): StructuralSchema {
  const version = profilePlatformDefinition.spec.versions.find(({ storage }) => storage);
  const schema = version?.schema.openAPIV3Schema.properties?.["spec"];
  if (schema === undefined) throw new Error("the CustomResourceDefinition has no schema of spec: run make generate");
  return schema;
}

const usual = applyDefaults(specSchema(), {}) as ProfilePlatformSpec;
const usualSettings = settingsOf(usual.server, usual.worker);
