import type { V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { FOLLOWED_VOLUMES, JWKS_CONFIG_MAP, JWKS_KEY, serviceHost, TOKEN_AUDIENCE } from "../../../names.ts";
import { configVolume } from "../../kit/volumes.ts";
import type { AuthModel, PlatformModel } from "../../model.ts";
import { PLACE } from "../server/place.ts";

const JWKS_FOLDER = "/etc/profile-platform/auth";
const CA_FOLDER = "/etc/profile-platform/issuer-ca";

/** What tokens of the embedded issuer name as their issuer (`iss`). Nothing is ever read from there. */
export function embeddedIssuerURL(namespace: string): string {
  return `https://${serviceHost(PLACE.name, namespace)}`;
}

/** Environment variables by which `server` knows whose tokens to take. */
export function authSettings({ auth, namespaces }: PlatformModel): Record<string, string> {
  if (auth.issuer === "embedded") {
    return {
      AUTH_JWKS_FILE: `${JWKS_FOLDER}/${JWKS_KEY}`,
      AUTH_ISSUER: embeddedIssuerURL(namespaces[PLACE.layer]),
      AUTH_AUDIENCE: TOKEN_AUDIENCE,
    };
  }
  return {
    AUTH_OIDC_ISSUER: auth.issuerURL,
    AUTH_AUDIENCE: auth.audience,
    AUTH_ROLES_CLAIM: auth.rolesClaim,
    // Node.js adds these to the certificate authorities that it knows.
    ...(auth.caConfigMap === undefined ? {} : { NODE_EXTRA_CA_CERTS: `${CA_FOLDER}/ca.crt` }),
  };
}

/**
 * ConfigMaps that the pods of `server` follow while they run. They are no part of the hash that restarts pods: keys come
 * and go without a restart, because the kubelet exchanges the files and `server` looks at them again. That needs the
 * whole folder: a file that is mounted by `subPath` stays as it was when the pod started.
 */
export function authVolumes(auth: AuthModel): readonly { readonly volume: V1Volume; readonly mount: V1VolumeMount }[] {
  const volume = (name: string, configMap: string, mountPath: string) => ({
    volume: configVolume(name, configMap),
    mount: { name, mountPath, readOnly: true },
  });
  if (auth.issuer === "embedded") return [volume(FOLLOWED_VOLUMES.jwks, JWKS_CONFIG_MAP, JWKS_FOLDER)];
  return auth.caConfigMap === undefined ? [] : [volume(FOLLOWED_VOLUMES.issuerCA, auth.caConfigMap, CA_FOLDER)];
}
