import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Every single right that a Role or ClusterRole gives, as `verb resource.group[/name]`, sorted. */
export function rightsOf(role: KubernetesObject): readonly string[] {
  const rights = (role["rules"] as readonly Rule[]).flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => (resourceNames ?? [undefined]).map((name) => right(verb, { resource, group, name }))),
      ),
    ),
  );
  return [...new Set(rights)].sort();
}

export function right(
  verb: string,
  { resource, group, name }: { readonly resource: string; readonly group: string; readonly name?: string | undefined },
): string {
  return `${verb} ${group === "" ? resource : `${resource}.${group}`}${name === undefined ? "" : `/${name}`}`;
}
