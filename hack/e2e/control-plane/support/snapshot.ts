import { differingPaths, hashOf } from "@profile-platform/operator/engine/cache/content";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { content, contentWithoutReplicas } from "../../support/content.ts";
import { objectKey } from "../../support/platform.ts";
import type { KubeApi } from "./kube-api.ts";

interface Entry {
  readonly component: string | undefined;
  readonly uid: string | undefined;
  readonly content: unknown;
}

/** What the embedded issuer consists of, which is made anew each time that there is to be one: its keys are random. */
const KEY_NAME = /\bserver-signing-key-[0-9a-z]{10}\b/g;
const OF_ISSUER = /\/(server-jwks|token-issuer|server-signing-key-<id>)$/;

/** What the operator decides of each child of a platform, by the child's key. */
export type Snapshot = ReadonlyMap<string, Entry>;

/** One difference between two snapshots. */
export interface Effect {
  /** `Kind namespace/name`. */
  readonly object: string;
  /** Name of the component that the object is of; undefined for what a whole layer has. */
  readonly component: string | undefined;
  /** Path of the field, or that the whole object is new, gone or replaced. */
  readonly what: string;
}

export async function snapshot(api: KubeApi, platform: string): Promise<Snapshot> {
  const children = await api.children(platform);
  const scaled = new Set(children.filter(({ kind }) => kind === "HorizontalPodAutoscaler").map(targetOf));
  const entries = children.map((child) => {
    const name = objectKey(child);
    const key = name.replaceAll(KEY_NAME, "server-signing-key-<id>");
    const isOfIssuer = OF_ISSUER.test(key);
    const component = child.metadata.labels?.["profileplatform.io/component"];
    const uid = isOfIssuer ? undefined : child.metadata.uid;
    const compared = (scaled.has(name) ? contentWithoutReplicas : content)(child);
    // A test that fails shows what it compared.
    const shown = child.kind === "Secret" ? { ...compared, data: hashOf(child["data"]) } : compared;
    return [key, { component, uid, content: isOfIssuer ? withoutKeys(child, shown) : shown }] as const;
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutKeys({ kind }: KubernetesObject, shown: Readonly<Record<string, unknown>> | undefined): unknown {
  const { data: _data, ...rest } = shown ?? {};
  return JSON.parse(
    JSON.stringify(kind === "Role" ? shown : rest).replaceAll(KEY_NAME, "server-signing-key-<id>"),
  ) as unknown;
}

export function effects(before: Snapshot, after: Snapshot): readonly Effect[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((object) => {
    const [was, is] = [before.get(object), after.get(object)];
    const { component } = (is ?? was) as Entry;
    if (was === undefined) return [{ object, component, what: "is new" }];
    if (is === undefined) return [{ object, component, what: "is gone" }];
    if (was.uid !== is.uid) return [{ object, component, what: "is another one" }];
    return differingPaths(was.content, is.content).map((what) => ({ object, component, what }));
  });
}

/** A hash tells that something else has changed, and is no effect of its own. */
export function isHash({ what }: Effect): boolean {
  return /profileplatform\.io\/(spec|config)-hash/.test(what);
}

/** `Deployment server-layer/server spec.replicas`: the most telling of the effects, and how many more there are. */
export function describeEffects(all: readonly Effect[]): string {
  const [first, ...others] = all.filter((effect) => !isHash(effect));
  if (first === undefined) return "none";
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${first.object} ${first.what}${more}`;
}

function targetOf({ metadata: { namespace }, ...autoscaler }: KubernetesObject): string {
  const { scaleTargetRef } = autoscaler["spec"] as { scaleTargetRef: { kind: string; name: string } };
  return `${scaleTargetRef.kind} ${namespace ?? ""}/${scaleTargetRef.name}`;
}
