import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LABEL_NAME } from "../labels.ts";
import type { ComponentName } from "../names.ts";
import { COMPONENTS } from "./index.ts";
import type { PlatformModel } from "./model.ts";
import { arbitraryModel } from "./testing/arbitrary-model.ts";
import { platformObjects, templateOf } from "./testing/platform-objects.ts";
import { SAMPLE_MODEL } from "./testing/sample-model.ts";

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly from?: readonly { readonly namespaceSelector: Selector; readonly podSelector: Selector }[];
  readonly to?: readonly { readonly namespaceSelector: Selector; readonly podSelector: Selector }[];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

function policies(model: PlatformModel): readonly Policy[] {
  return platformObjects(model)
    .filter(({ object }) => object.kind === "NetworkPolicy")
    .map(({ object }) => object["spec"] as Policy);
}

/** `caller → namespace/callee:port` for every rule of a direction. */
function flows(model: PlatformModel, direction: "ingress" | "egress"): readonly string[] {
  return policies(model)
    .flatMap(({ podSelector, ...policy }) =>
      (policy[direction] ?? []).flatMap((rule) =>
        (rule.from ?? rule.to ?? []).flatMap((peer) =>
          rule.ports.map(({ port }) => {
            const self = podSelector.matchLabels?.[LABEL_NAME] ?? "any";
            const other =
              peer.podSelector.matchLabels?.[LABEL_NAME] ?? Object.values(peer.podSelector.matchLabels ?? {})[0];
            return direction === "egress" ? `${self} → ${other}:${port}` : `${other} → ${self}:${port}`;
          }),
        ),
      ),
    )
    .sort();
}

describe("flows", { timeout: 30_000 }, () => {
  test("of a whole platform", () => {
    expect(flows(SAMPLE_MODEL, "ingress")).toStrictEqual([
      "migrations → postgresql:5432",
      "postgresql → postgresql:5432",
      "postgresql → postgresql:8008",
      "server → postgresql:5432",
      "server → rabbitmq:5672",
      "server → redis:6379",
      "worker → postgresql:5432",
      "worker → rabbitmq:5672",
      "worker → redis:6379",
    ]);
  });

  test("every flow is open at both ends, and none at one alone", () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const names = flows(model, "egress").filter((flow) => !flow.includes("kube-dns"));
        expect(names).toStrictEqual(flows(model, "ingress"));
      }),
      { numRuns: 20 },
    );
  });

  test("anybody may call what is exposed, and nothing else", () => {
    const open = (model: PlatformModel) =>
      policies(model).flatMap(({ podSelector, ingress }) =>
        (ingress ?? [])
          .filter(({ from }) => from === undefined)
          .map(({ ports }) => [podSelector.matchLabels?.[LABEL_NAME], ...ports.map(({ port }) => port)]),
      );
    expect(open(SAMPLE_MODEL)).toStrictEqual([]);
    const exposure = { type: "NodePort" } as const;
    expect(open({ ...SAMPLE_MODEL, server: { ...SAMPLE_MODEL.server, exposure } })).toStrictEqual([["server", 8080]]);
  });

  test("only who calls the Kubernetes API may open connections without a named end", () => {
    const open = policies(SAMPLE_MODEL).flatMap(({ podSelector, egress }) =>
      (egress ?? [])
        .filter(({ to }) => to === undefined)
        .map(({ ports }) => [podSelector.matchLabels?.[LABEL_NAME], ...ports.map(({ port }) => port)]),
    );
    expect(open).toStrictEqual([["postgresql", 443, 6443]]);
  });
});

test("containers listen on the ports that their component declares", () => {
  const templates = platformObjects(SAMPLE_MODEL).flatMap(({ object }) => {
    const spec = templateOf(object)?.spec;
    return spec === undefined ? [] : [{ name: object.metadata.labels?.[LABEL_NAME] as ComponentName, spec }];
  });
  for (const component of COMPONENTS) {
    const ports = templates
      .filter(({ name }) => name === component.name)
      .flatMap(({ spec }) => spec.containers.flatMap((container) => container.ports ?? []));
    expect(Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort]))).toStrictEqual(
      component.ports,
    );
  }
});

test("components wait for, and call, only what stands before them or is named", () => {
  const names = COMPONENTS.map(({ name }) => name);
  for (const [index, { dependsOn }] of COMPONENTS.entries()) {
    for (const { component } of dependsOn) {
      expect(names.slice(0, index)).toContain(component);
    }
  }
});
