import { expect, test } from "vitest";
import { componentLabels, layerLabels } from "../../labels.ts";
import type { Component } from "../component.ts";
import { redis } from "../data-layer/redis/index.ts";
import { COMPONENTS } from "../index.ts";
import { server } from "../server-layer/server/index.ts";
import { SAMPLE_BACKUP_MODEL, SAMPLE_MODEL } from "../testing/sample-model.ts";
import { networkPolicies } from "./network-policies.ts";

const LABELS = layerLabels("demo", "data-layer");
const pods = (namespace: string, name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "demo" } },
});
const tcp = (port: number) => ({ protocol: "TCP", port });

test("the rules of the data layer", () => {
  const components = COMPONENTS.filter((component) => component.enabled(SAMPLE_MODEL));
  expect(networkPolicies(SAMPLE_MODEL, "data-layer", components)).toStrictEqual([
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "default-deny", namespace: "data-layer", labels: LABELS },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "allow-dns", namespace: "data-layer", labels: LABELS },
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              },
            ],
            ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
          },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: {
        name: "postgresql",
        namespace: "data-layer",
        labels: componentLabels("demo", "data-layer", "postgresql"),
      },
      spec: {
        podSelector: pods("", "postgresql").podSelector,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [pods("data-layer", "postgresql")], ports: [tcp(5432), tcp(8008)] },
          { from: [pods("server-layer", "migrations")], ports: [tcp(5432)] },
          { from: [pods("server-layer", "server")], ports: [tcp(5432)] },
          { from: [pods("server-layer", "worker")], ports: [tcp(5432)] },
        ],
        egress: [
          { ports: [tcp(443), tcp(6443)] },
          { to: [pods("data-layer", "postgresql")], ports: [tcp(5432)] },
          { to: [pods("data-layer", "postgresql")], ports: [tcp(8008)] },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "redis", namespace: "data-layer", labels: componentLabels("demo", "data-layer", "redis") },
      spec: {
        podSelector: pods("", "redis").podSelector,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [pods("server-layer", "server")], ports: [tcp(6379)] },
          { from: [pods("server-layer", "worker")], ports: [tcp(6379)] },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: {
        name: "rabbitmq",
        namespace: "data-layer",
        labels: componentLabels("demo", "data-layer", "rabbitmq"),
      },
      spec: {
        podSelector: pods("", "rabbitmq").podSelector,
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [pods("data-layer", "rabbitmq")], ports: [tcp(4369), tcp(25_672)] },
          { from: [pods("server-layer", "server")], ports: [tcp(5672)] },
          { from: [pods("server-layer", "worker")], ports: [tcp(5672)] },
        ],
        egress: [
          { to: [pods("data-layer", "rabbitmq")], ports: [tcp(4369)] },
          { to: [pods("data-layer", "rabbitmq")], ports: [tcp(25_672)] },
        ],
      },
    },
  ]);
});

test("what is not part of the platform opens nothing", () => {
  const [, , policy] = networkPolicies(SAMPLE_MODEL, "data-layer", [redis]);
  expect(policy?.["spec"]).toStrictEqual({
    podSelector: pods("", "redis").podSelector,
    policyTypes: ["Ingress", "Egress"],
  });
});

test.each([
  ["None", []],
  ["NodePort", [{ ports: [tcp(8080)] }]],
  ["LoadBalancer", [{ ports: [tcp(8080)] }]],
] as const)("with exposure %s, the layer that scrapes is let in to the metrics, and nobody else", (type, exposed) => {
  const model = {
    ...SAMPLE_MODEL,
    namespaces: { ...SAMPLE_MODEL.namespaces, "observability-layer": "team-a-observability-layer" },
    server: { ...SAMPLE_MODEL.server, exposure: { type } },
  };
  const [, , policy] = networkPolicies(model, "server-layer", [server]);
  const scraper = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "team-a-observability-layer" } },
  };
  expect(policy?.["spec"]).toStrictEqual({
    podSelector: pods("", "server").podSelector,
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [scraper], ports: [tcp(9090)] }, ...exposed],
  });
});

test("a port that the other does not have is a mistake, not a closed door", () => {
  const caller: Component = { ...server, connects: () => [{ to: "redis", port: "cluster" }] };
  expect(() => networkPolicies(SAMPLE_MODEL, "server-layer", [caller, redis])).toThrow(
    'server names port "cluster" of redis, which has redis, sentinel',
  );
});

test("with backups, PostgreSQL calls its repository, and what makes backups calls PostgreSQL", () => {
  const [plain, backed] = [SAMPLE_MODEL, SAMPLE_BACKUP_MODEL].map((model) => {
    const components = COMPONENTS.filter((component) => component.enabled(model));
    const policies = networkPolicies(model, "data-layer", components).map(({ metadata, spec }) => [
      metadata.name,
      spec,
    ]);
    return Object.fromEntries(policies) as Readonly<Record<string, { ingress: object[]; egress: object[] }>>;
  });
  const from = (name: string) => ({ from: [pods("data-layer", name)], ports: [tcp(8432)] });
  const to = (name: string) => ({ to: [pods("data-layer", name)], ports: [tcp(8432)] });
  expect(backed?.["postgresql-repository"]).toMatchObject({ ingress: [from("postgresql")] });
  expect(backed?.["postgresql-backup"]).toMatchObject({ egress: [to("postgresql")] });
  const { ingress, egress, ...rest } = plain?.["postgresql"] ?? { ingress: [], egress: [] };
  expect(backed?.["postgresql"]).toMatchObject(rest);
  expect(new Set(backed?.["postgresql"]?.ingress)).toEqual(new Set([...ingress, from("postgresql-backup")]));
  expect(new Set(backed?.["postgresql"]?.egress)).toEqual(new Set([...egress, to("postgresql-repository")]));
});
