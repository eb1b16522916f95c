import type { ApiClient } from "../../engine/client/api-client.ts";
import { isNotFound } from "../../engine/client/api-error.ts";
import { type ResourceType, resourcePath } from "../../engine/client/resource-type.ts";
import { DEFAULT_IMAGES, type ImageCatalogue } from "../../images.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { CONFIG_MAP_TYPE } from "../../platform/live/kinds.ts";
import { parseImages } from "../image-file.ts";

/** Names that the operator's chart fixes. */
const CLUSTER_ROLE_BINDING = "profile-platform-operator";
const IMAGES_CONFIG_MAP = "profile-platform-operator-images";

const CLUSTER_ROLE_BINDING_TYPE: ResourceType = {
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  namespaced: false,
};

/** The operator of a cluster, as far as it shapes what it makes. */
export interface InstalledOperator {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly images: ImageCatalogue;
}

/** Undefined where the chart is not installed. */
export async function findInstalledOperator(client: ApiClient): Promise<InstalledOperator | undefined> {
  const binding = await read(client, resourcePath(CLUSTER_ROLE_BINDING_TYPE, { name: CLUSTER_ROLE_BINDING }));
  const subjects = binding?.["subjects"] as readonly { name: string; namespace?: string }[] | undefined;
  const { name: serviceAccount, namespace } = subjects?.[0] ?? {};
  if (serviceAccount === undefined || namespace === undefined) return undefined;
  const configMap = await read(client, resourcePath(CONFIG_MAP_TYPE, { namespace, name: IMAGES_CONFIG_MAP }));
  const text = (configMap?.["data"] as Readonly<Record<string, string>> | undefined)?.["images.json"];
  const source = `ConfigMap ${namespace}/${IMAGES_CONFIG_MAP}`;
  return { namespace, serviceAccount, images: text === undefined ? DEFAULT_IMAGES : parseImages(source, text) };
}

async function read(client: ApiClient, path: string): Promise<KubernetesObject | undefined> {
  try {
    return await client.request({ method: "GET", path });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error("while looking for the operator in the cluster", { cause: error });
  }
}
