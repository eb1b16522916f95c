import type { ProfilePlatform } from "@profile-platform/crds";
import type { Credentials, PlatformModel } from "../components/model.ts";
import { makeSigningKey } from "../components/server-layer/auth/signing-key.ts";
import { DEFAULT_IMAGES } from "../images.ts";
import type { KubernetesObject, ObjectMeta } from "../kubernetes.ts";
import { LABEL_MANAGED_BY, LABEL_PLATFORM, MANAGED_BY_VALUE } from "../labels.ts";
import { resolve } from "./plan/resolve.ts";
import type { ComponentState } from "./status/component-state.ts";

/** What several tests of this folder start from. */

export const IDENTITY = { name: "demo", uid: "uid-of-demo" };

export const CREDENTIALS: Credentials = {
  postgresql: {
    contentId: "pg-id",
    values: {
      username: "profiles",
      database: "profiles",
      password: "a",
      "replication-password": "b",
      "rewind-password": "c",
      "patroni-password": "d",
    },
  },
  redis: { contentId: "redis-id", values: { password: "e" } },
  rabbitmq: { contentId: "rabbit-id", values: { username: "profiles", password: "f", "erlang-cookie": "g" } },
};

/** Another one each time. */
export const SIGNING_KEY = makeSigningKey();

export function platformOfSpec(
  spec: Readonly<Record<string, unknown>>,
  metadata: Partial<ObjectMeta> = {},
): ProfilePlatform {
  return {
    apiVersion: "profileplatform.io/v1alpha1",
    kind: "ProfilePlatform",
    metadata: { ...IDENTITY, generation: 1, ...metadata },
    spec,
  } as unknown as ProfilePlatform;
}

export function modelOfSpec(spec: Readonly<Record<string, unknown>> = {}): PlatformModel {
  const operator = { namespace: "platform-system", serviceAccount: "operator" };
  const secrets = { credentials: CREDENTIALS, signingKeys: [SIGNING_KEY] };
  return resolve(platformOfSpec(spec), { images: DEFAULT_IMAGES, ...secrets, operator });
}

export function component(name: ComponentState["name"], state: ComponentState["state"], message = ""): ComponentState {
  const layer = ["postgresql", "redis", "rabbitmq"].includes(name) ? "data-layer" : "server-layer";
  return { name, layer, state, ready: state === "Ready" ? 1 : 0, wanted: 1, message };
}

/** An object with the platform's labels. */
export function child(kind: string, name: string, metadata: Partial<ObjectMeta> = {}): KubernetesObject {
  const labels = { [LABEL_MANAGED_BY]: MANAGED_BY_VALUE, [LABEL_PLATFORM]: IDENTITY.name, ...metadata.labels };
  return { apiVersion: "v1", kind, metadata: { name, namespace: "data-layer", ...metadata, labels } };
}
