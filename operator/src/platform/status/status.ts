import type {
  Condition,
  PostgreSQLStatus,
  ProfilePlatformStatus,
  ServerStatus,
  TurnStatus,
} from "@profile-platform/crds";
import type { Component } from "../../components/component.ts";
import type { PlatformModel } from "../../components/model.ts";
import { rfc3339, setCondition } from "../../engine/apply/conditions.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { LABEL_POSTGRESQL_ROLE, selectorLabels } from "../../labels.ts";
import type { Outcome, Turn } from "../apply/outcome.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import { observe } from "../live/observe.ts";
import { componentStatus } from "./component-state.ts";
import { CONDITIONS } from "./conditions/index.ts";

/** What status says apart from conditions: read from live objects after everything was applied. */
export interface Findings {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly server: ServerStatus;
  readonly postgresql: PostgreSQLStatus;
}

/** Reads what status says of the components. */
export function find(components: readonly Component[], model: PlatformModel, live: LiveObjects): Findings {
  const endpoints = components.flatMap((component) => {
    const endpoint = component.endpoint(model);
    return endpoint === undefined ? [] : [[component.name, endpoint] as const];
  });
  const byName = (name: string) => components.find((component) => component.name === name);
  const server = byName("server");
  const postgresql = byName("postgresql");
  const deployment = server === undefined ? undefined : observe(server, model, live).find("Deployment", server.name);
  return {
    endpoints: Object.fromEntries(endpoints),
    server: {
      replicas: (deployment?.["status"] as { readonly replicas?: number } | undefined)?.replicas ?? 0,
      selector: Object.entries(selectorLabels(model.name, "server"))
        .map(([key, value]) => `${key}=${value}`)
        .join(","),
    },
    postgresql: postgresql === undefined ? {} : roles(observe(postgresql, model, live).pods),
  };
}

/**
 * The status to write. `generation` is the one that was carried out; `now` is in milliseconds since the epoch. While
 * the platform is blocked, what was known of its components stays.
 */
export function status(
  outcome: Outcome,
  findings: Findings | undefined,
  previous: ProfilePlatformStatus | undefined,
  { generation, now }: { readonly generation: number; readonly now: number },
): ProfilePlatformStatus {
  const conditions = conditionsOf(outcome, previous?.conditions ?? [], generation, now);
  if (findings === undefined) {
    const { turn: _, ...known } = previous ?? {};
    return { ...known, observedGeneration: generation, conditions: [...conditions] };
  }
  const rolledOut = outcome.rolledOut ? generation : rolledOutGeneration(previous);
  const components = outcome.components.map(componentStatus);
  const ready = components.filter(({ state }) => state === "Ready").length;
  return {
    observedGeneration: generation,
    conditions: [...conditions],
    componentsReady: `${ready}/${components.length}`,
    components,
    endpoints: findings.endpoints,
    server: findings.server,
    postgresql: { ...findings.postgresql, ...outcome.protection?.status, ...outcome.connections?.status },
    ...(rolledOut === undefined ? {} : { rolledOutGeneration: rolledOut }),
    ...(outcome.turn === undefined ? {} : { turn: turnStatus(outcome.turn) }),
  };
}

/** The generation of the spec whose workloads were all applied last; a status of an older version tells it otherwise. */
export function rolledOutGeneration(status: ProfilePlatformStatus | undefined): number | undefined {
  const applied = status?.conditions?.find(({ type }) => type === "Applied");
  return status?.rolledOutGeneration ?? (applied?.status === "True" ? applied.observedGeneration : undefined);
}

/** The turn that a status holds. */
export function recordedTurn(status: ProfilePlatformStatus | undefined): Turn | undefined {
  const turn = status?.turn;
  return turn === undefined ? undefined : { since: Date.parse(turn.since), until: Date.parse(turn.until) };
}

function turnStatus({ since, until }: Turn): TurnStatus {
  return { since: rfc3339(since), until: rfc3339(until) };
}

function conditionsOf(
  outcome: Outcome,
  previous: readonly Condition[],
  observedGeneration: number,
  now: number,
): readonly Condition[] {
  // Conditions of other types are somebody else's and stay.
  return CONDITIONS.reduce<readonly Condition[]>((list, { type, find }) => {
    const others = list.filter((one) => one.type !== type);
    const finding = find(outcome, others.length < list.length);
    return finding === undefined ? others : setCondition(list, { type, ...finding, observedGeneration }, now);
  }, previous);
}

function roles(pods: readonly KubernetesObject[]): PostgreSQLStatus {
  const named = (role: string) =>
    pods
      .filter(
        ({ metadata }) => metadata.deletionTimestamp === undefined && metadata.labels?.[LABEL_POSTGRESQL_ROLE] === role,
      )
      .map(({ metadata }) => metadata.name)
      .sort();
  const [primary] = named("primary");
  return { ...(primary === undefined ? {} : { primary }), replicas: named("replica") };
}
