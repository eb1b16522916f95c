import type { ComponentStatus, Condition, ProfilePlatform } from "@profile-platform/crds";
import type { Paint } from "../paint.ts";
import { formatAge } from "./age.ts";

/** Whether the platform is Ready, as observed for its newest specification. */
export function isReady({ metadata, status }: ProfilePlatform): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && ready.observedGeneration === metadata.generation;
}

/** One platform for people: its layers and components with what each waits for, conditions, addresses. */
export function renderTree(platform: ProfilePlatform, paint: Paint, now: Date): string {
  const { metadata, status } = platform;
  const head = `${paint.strong(metadata.name)}  ${summary(platform, paint)}`;
  if (status?.conditions === undefined) return `${head}\n`;
  const sections = [
    layers(status.components ?? [], paint),
    ["", "conditions", ...conditions(status.conditions, paint, now)],
    endpoints(status.endpoints ?? {}),
    postgresql(platform),
  ];
  return `${[head, ...sections.flat()].join("\n")}\n`;
}

function summary(platform: ProfilePlatform, paint: Paint): string {
  const { metadata, status } = platform;
  if (metadata.deletionTimestamp !== undefined) return paint.waiting("is being deleted");
  if (status?.conditions === undefined) return paint.waiting("not seen by the operator yet: is it running?");
  const components = `${status.componentsReady ?? "0/0"} components`;
  const paused = isPaused(status.conditions) ? `  ${paint.waiting("paused")}` : "";
  if (isReady(platform)) return `${paint.good("Ready")}${paused}  ${components}`;
  if ((status.observedGeneration ?? 0) !== metadata.generation) {
    return `${paint.waiting("the newest change has not been seen by the operator yet")}  ${components}`;
  }
  return `${paint.bad("not Ready")}${paused}  ${components}`;
}

function isPaused(conditions: readonly Condition[]): boolean {
  return conditions.some(({ type, status }) => type === "Paused" && status === "True");
}

function layers(components: readonly ComponentStatus[], paint: Paint): readonly string[] {
  const names = [...new Set(components.map(({ layer }) => layer))];
  const nameWidth = Math.max(0, ...components.map(({ name }) => name.length));
  const readyWidth = Math.max(0, ...components.map(({ ready }) => ready.length));
  return names.flatMap((layer, index) => {
    const last = index === names.length - 1;
    const members = components.filter((component) => component.layer === layer);
    const lines = members.map((component, position) => {
      const branch = `${last ? "   " : "│  "}${position === members.length - 1 ? "└─" : "├─"}`;
      const { name, ready, message } = component;
      return `${branch} ${mark(component, paint)} ${name.padEnd(nameWidth)}  ${ready.padEnd(readyWidth)}  ${message}`.trimEnd();
    });
    return [`${last ? "└─" : "├─"} ${layer}`, ...lines];
  });
}

const MARKS = {
  Ready: { sign: "✓", color: "good" },
  Failed: { sign: "✗", color: "bad" },
  Waiting: { sign: "⋯", color: "faint" },
  Progressing: { sign: "↻", color: "waiting" },
} as const satisfies Record<ComponentStatus["state"], unknown>;

function mark({ state }: ComponentStatus, paint: Paint): string {
  const { sign, color } = MARKS[state];
  return paint[color](sign);
}

/** Abnormal when true; the others when they are not. */
const ABNORMAL: ReadonlySet<string> = new Set([
  "Reconciling",
  "Stalled",
  "ConnectionsOvercommitted",
  "Paused",
  "FieldsContested",
]);

function isNormal({ type, status }: Condition): boolean {
  return status === (ABNORMAL.has(type) ? "False" : "True");
}

function conditions(all: readonly Condition[], paint: Paint, now: Date): readonly string[] {
  const width = Math.max(...all.map(({ type }) => type.length));
  return all.map((condition) => {
    const { type, status, reason, message, lastTransitionTime } = condition;
    const value = isNormal(condition) ? paint.good(status.padEnd(7)) : paint.bad(status.padEnd(7));
    const since = paint.faint(`for ${formatAge(lastTransitionTime, now)}`);
    const why = message === "" ? reason : `${reason}: ${message}`;
    return `  ${type.padEnd(width)}  ${value}  ${why}  ${since}`;
  });
}

function endpoints(addresses: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(addresses);
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(([name]) => name.length));
  return ["", "addresses inside the cluster", ...entries.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`)];
}

function postgresql({ status }: ProfilePlatform): readonly string[] {
  const { primary, replicas = [] } = status?.postgresql ?? {};
  if (primary === undefined) return [];
  return ["", `PostgreSQL primary ${primary}${replicas.length === 0 ? "" : `, replicas ${replicas.join(", ")}`}`];
}
