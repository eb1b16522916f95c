import type { V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import { differingPaths } from "../../engine/cache/content.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID } from "../../labels.ts";
import { FOLLOWED_VOLUMES } from "../../names.ts";
import { listed } from "../live/object-id.ts";

const TEMPLATE = "spec.template.";
const FOLLOWED: readonly string[] = Object.values(FOLLOWED_VOLUMES);

/**
 * Why the pods of a live workload restart when it becomes another one: parts of a sentence with names, images and paths
 * of fields, never the value of a setting. Empty when their template is the same: then none restarts.
 */
export function restartCauses(before: KubernetesObject, after: KubernetesObject): readonly string[] {
  const [former, next] = [templateOf(before), templateOf(after)];
  const images = changedImages(former, next);
  const settings = differingPaths(former, next).filter(
    (path) => !isConfigurationMark(path) && !images.some((image) => image.path === path),
  );
  return [
    ...changedConfiguration(former, next),
    ...changedSecrets(former, next),
    ...images.map(({ text }) => text),
    ...(settings.length === 0 ? [] : [`pod settings changed: ${listed(settings)}`]),
  ];
}

/** The same, where fields of a live workload that somebody had changed were put back: `fields` are their paths. */
export function restorationCauses(fields: readonly string[]): readonly string[] {
  const inTemplate = fields.filter((path) => path.startsWith(TEMPLATE)).map((path) => path.slice(TEMPLATE.length));
  return inTemplate.length === 0 ? [] : [`its pod template was changed by hand and put back: ${listed(inTemplate)}`];
}

function templateOf(object: KubernetesObject): V1PodTemplateSpec {
  return (object["spec"] as { readonly template?: V1PodTemplateSpec } | undefined)?.template ?? {};
}

function isConfigurationMark(path: string): boolean {
  return [ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID].some((key) => path === `metadata.annotations["${key}"]`);
}

function changedConfiguration(before: V1PodTemplateSpec, after: V1PodTemplateSpec): readonly string[] {
  if (annotation(before, ANNOTATION_CONFIG_HASH) === annotation(after, ANNOTATION_CONFIG_HASH)) return [];
  const followed = (after.spec?.volumes ?? []).filter(({ name }) => FOLLOWED.includes(name));
  const hashed = configMapsOf(after.spec).filter((name) => !followed.some(({ configMap }) => configMap?.name === name));
  return [`the content of ConfigMap ${listed(hashed)} changed`];
}

/** A pod that reads several Secrets carries their ids joined by dots, in the order in which it first names them. */
function changedSecrets(before: V1PodTemplateSpec, after: V1PodTemplateSpec): readonly string[] {
  const [former, next] = [annotation(before, ANNOTATION_CONTENT_ID), annotation(after, ANNOTATION_CONTENT_ID)];
  if (former === next) return [];
  const names = secretsOf(after.spec);
  const [formerIds, nextIds] = [former.split("."), next.split(".")];
  const comparable = formerIds.length === nextIds.length && nextIds.length === names.length;
  const changed = comparable ? names.filter((_, i) => formerIds[i] !== nextIds[i]) : names;
  return [`the content of Secret ${listed(changed)} changed`];
}

function changedImages(
  before: V1PodTemplateSpec,
  after: V1PodTemplateSpec,
): readonly { readonly path: string; readonly text: string }[] {
  return (["initContainers", "containers"] as const).flatMap((list) =>
    (after.spec?.[list] ?? []).flatMap(({ name, image }, i) => {
      const former = before.spec?.[list]?.[i];
      if (former?.name !== name || former.image === image) return [];
      const text = `the image of container ${name} changed from ${former.image ?? "none"} to ${image ?? "none"}`;
      return [{ path: `spec.${list}[${i}].image`, text }];
    }),
  );
}

function annotation(template: V1PodTemplateSpec, key: string): string {
  return template.metadata?.annotations?.[key] ?? "";
}

/** Names of the ConfigMaps that a pod reads. */
export function configMapsOf(spec: V1PodSpec | undefined): readonly string[] {
  const volumes = (spec?.volumes ?? []).map(({ configMap }) => configMap?.name);
  const variables = containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
  ]);
  return unique([...volumes, ...variables]);
}

/** Names of the Secrets that a pod reads. */
export function secretsOf(spec: V1PodSpec | undefined): readonly string[] {
  const variables = containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.map(({ secretRef }) => secretRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  ]);
  const volumes = (spec?.volumes ?? []).map(({ secret }) => secret?.secretName);
  return unique([...variables, ...volumes]);
}

function containersOf(spec: V1PodSpec | undefined) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

function unique(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== undefined);
}
