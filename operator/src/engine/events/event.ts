import { randomBytes } from "node:crypto";
import type { KubernetesObject } from "../../kubernetes.ts";
import { microTime } from "../kit/micro-time.ts";

/** What an Event says. */
export interface EventContent {
  readonly type: "Normal" | "Warning";
  /** Why, one CamelCase word. */
  readonly reason: string;
  /** What was done or tried, one CamelCase word. */
  readonly action: string;
  /** A sentence for people; cut at 1024 bytes. */
  readonly note: string;
}

export const EVENT_TYPE = {
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
} as const;

// Limits of the API server's validation.
const MAX_NOTE_BYTES = 1024;
const MAX_NAME = 253;

/** The same for events that count as one; without `content` one for each object. */
export function eventKey(regarding: KubernetesObject, content?: EventContent): string {
  const { kind, metadata } = regarding;
  const subject = [kind, metadata.namespace ?? "", metadata.name, metadata.uid ?? ""];
  const said = content === undefined ? [] : [content.type, content.reason, content.action, content.note];
  return JSON.stringify([...subject, ...said]);
}

/** A new Event; those about cluster-wide objects live in the namespace `default`. `now` in ms since the epoch. */
export function newEvent(
  regarding: KubernetesObject,
  { type, reason, action, note }: EventContent,
  by: { readonly reportingController: string; readonly reportingInstance: string; readonly now: number },
): KubernetesObject {
  const { apiVersion, kind, metadata } = regarding;
  const suffix = `.${by.now.toString(16)}${randomBytes(4).toString("hex")}`;
  return {
    apiVersion: `${EVENT_TYPE.group}/${EVENT_TYPE.version}`,
    kind: EVENT_TYPE.kind,
    metadata: {
      name: metadata.name.slice(0, MAX_NAME - suffix.length) + suffix,
      namespace: metadata.namespace ?? "default",
    },
    eventTime: microTime(by.now),
    reportingController: by.reportingController,
    reportingInstance: by.reportingInstance.slice(0, 128),
    type,
    reason,
    action,
    note: cut(note, MAX_NOTE_BYTES),
    regarding: {
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    },
  };
}

/** A merge patch that makes an Event the head of `count` occurrences. */
export function seriesPatch(count: number, lastAt: number): unknown {
  return { series: { count, lastObservedTime: microTime(lastAt) } };
}

function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) {
    return text;
  }
  const kept = Buffer.from(text)
    .subarray(0, bytes - 4)
    .toString("utf8");
  // A character that was cut in two decodes to U+FFFD.
  return `${kept.replace(/\uFFFD$/, "")}…`;
}
