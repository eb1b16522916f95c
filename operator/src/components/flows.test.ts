import type { V1ServiceSpec } from "@kubernetes/client-node";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LABEL_NAME } from "../labels.ts";
import type { ComponentName } from "../names.ts";
import { COMPONENTS } from "./index.ts";
import type { PlatformModel } from "./model.ts";
import { arbitraryModel } from "./testing/arbitrary-model.ts";
import { platformObjects, templateOf } from "./testing/platform-objects.ts";
import { SAMPLE_BACKUP_MODEL, SAMPLE_MODEL } from "./testing/sample-model.ts";

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly protocol: string; readonly port?: number }[];
}

interface Peer {
  readonly namespaceSelector: Selector;
  readonly podSelector?: Selector;
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
            const selected = peer.podSelector?.matchLabels ?? peer.namespaceSelector.matchLabels ?? {};
            const other = selected[LABEL_NAME] ?? Object.values(selected)[0];
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
      "observability-layer → server:9090",
      "observability-layer → worker:9091",
      "postgresql → postgresql:5432",
      "postgresql → postgresql:8008",
      "rabbitmq → rabbitmq:25672",
      "rabbitmq → rabbitmq:4369",
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
        // Neither names, nor an issuer, nor a bucket, nor a collector, nor what scrapes are the platform's own pods.
        const out = flows(model, "egress").filter((flow) => !/kube-dns|identity|storage|telemetry/.test(flow));
        const scraper = `${model.namespaces["observability-layer"]} → `;
        expect(out).toStrictEqual(flows(model, "ingress").filter((flow) => !flow.startsWith(scraper)));
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

  test("no Service leads to a port for metrics, whatever its type", () => {
    fc.assert(
      fc.property(arbitraryModel, (model) => {
        const services = platformObjects(model).filter(({ object }) => object.kind === "Service");
        const ports = services.flatMap(({ object }) => (object["spec"] as V1ServiceSpec).ports ?? []);
        expect(ports.length).toBeGreaterThan(0);
        for (const { name, port, targetPort } of ports) {
          expect([name, port, targetPort]).not.toContain("metrics");
          expect([9090, 9091]).not.toContain(port);
        }
      }),
      { numRuns: 20 },
    );
  });

  const openEnded = (model: PlatformModel) =>
    policies(model).flatMap(({ podSelector, egress }) =>
      (egress ?? [])
        .filter(({ to }) => to === undefined)
        .map(({ ports }) => [podSelector.matchLabels?.[LABEL_NAME], ...ports.map(({ port }) => port)]),
    );

  test("only who calls the Kubernetes API may open connections without a named end", () => {
    expect(openEnded(SAMPLE_MODEL)).toStrictEqual([["postgresql", 443, 6443]]);
  });

  describe("to an OIDC issuer", () => {
    const withIssuer = (issuerURL: string): PlatformModel => ({
      ...SAMPLE_MODEL,
      auth: { issuer: "oidc", issuerURL, audience: "api", rolesClaim: "roles", caConfigMap: undefined },
    });

    test.each([
      ["https://id.example.com/realms/main", 443],
      ["https://id.example.com:8443", 8443],
      ["https://svc.example.com", 443],
    ])("%s, by its port", (url, port) => {
      expect(openEnded(withIssuer(url))).toStrictEqual([
        ["postgresql", 443, 6443],
        ["server", port],
      ]);
    });

    test.each(["http://keycloak.identity.svc.cluster.local:8080/realms/main", "https://keycloak.identity.svc"])(
      "%s, by its namespace: the port of a Service is not that of its pods",
      (url) => {
        expect(openEnded(withIssuer(url))).toStrictEqual([["postgresql", 443, 6443]]);
        const rules = policies(withIssuer(url))
          .filter(({ podSelector }) => podSelector.matchLabels?.[LABEL_NAME] === "server")
          .flatMap(({ egress = [] }) => egress.filter(({ ports }) => ports.some(({ port }) => port === undefined)));
        expect(rules).toStrictEqual([
          {
            to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "identity" } } }],
            ports: [{ protocol: "TCP" }],
          },
        ]);
      },
    );

    test("none with the embedded one, and with images in PostgreSQL", () => {
      const server = flows(SAMPLE_MODEL, "egress").filter((flow) => flow.startsWith("server"));
      expect(server).toStrictEqual(["server → postgresql:5432", "server → rabbitmq:5672", "server → redis:6379"]);
    });
  });
});

describe("to a bucket for images", () => {
  const withBucket = (endpoint?: string): PlatformModel => {
    const s3 = { bucket: "images", region: "us-east-1", forcePathStyle: true };
    const images = { ...SAMPLE_MODEL.settings.images, s3: endpoint === undefined ? s3 : { ...s3, endpoint } };
    return { ...SAMPLE_MODEL, settings: { ...SAMPLE_MODEL.settings, images } };
  };
  const ofServer = (model: PlatformModel) =>
    policies(model)
      .filter(({ podSelector }) => podSelector.matchLabels?.[LABEL_NAME] === "server")
      .flatMap(({ egress = [] }) => egress.slice(3));

  test.each([
    [undefined, 443],
    ["https://minio.example.com:9000", 9000],
    ["http://10.0.0.5", 80],
  ])("at %s, by its port", (endpoint, port) => {
    expect(ofServer(withBucket(endpoint))).toStrictEqual([{ ports: [{ protocol: "TCP", port }] }]);
  });

  test("of this cluster, by its namespace", () => {
    expect(ofServer(withBucket("http://minio.storage.svc.cluster.local:9000"))).toStrictEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "storage" } } }],
        ports: [{ protocol: "TCP" }],
      },
    ]);
  });
});

describe("to a collector of traces", () => {
  const withCollector = (endpoint: string): PlatformModel => {
    const sampling = { ratePerMillion: 1_000_000, parentBased: true };
    const usual = { sampling, compression: "none", timeout: "10s", queueLength: 2048, batchSize: 512 } as const;
    return { ...SAMPLE_MODEL, tracing: { endpoint, ...usual } };
  };
  /** What somebody may reach beyond what the platform has of its own. */
  const beyond = (name: ComponentName, model: PlatformModel) => {
    const egressOf = (of: PlatformModel) =>
      policies(of)
        .filter(({ podSelector }) => podSelector.matchLabels?.[LABEL_NAME] === name)
        .flatMap(({ egress = [] }) => egress);
    const own = egressOf(SAMPLE_MODEL).map((rule) => JSON.stringify(rule));
    return egressOf(model).filter((rule) => !own.includes(JSON.stringify(rule)));
  };

  test.each([
    ["https://otlp.example.com/tenant", [{ ports: [{ protocol: "TCP", port: 443 }] }]],
    ["http://10.0.0.5:4318", [{ ports: [{ protocol: "TCP", port: 4318 }] }]],
    [
      "http://otel-collector.observability-layer.svc.cluster.local:4318",
      [
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "observability-layer" } } }],
          ports: [{ protocol: "TCP" }],
        },
      ],
    ],
  ])("at %s, for those who record alone", (endpoint, rules) => {
    const model = withCollector(endpoint);
    expect(beyond("server", model)).toStrictEqual(rules);
    expect(beyond("worker", model)).toStrictEqual(rules);
    for (const name of ["migrations", "postgresql", "redis", "rabbitmq"] as const) {
      expect(beyond(name, model)).toStrictEqual([]);
    }
  });
});

test("containers listen on the ports that their component declares", () => {
  // One Redis has no Sentinel, a single node of RabbitMQ no use for the ports of a cluster's, and PostgreSQL no
  // pgBackRest without backups.
  const model = {
    ...SAMPLE_BACKUP_MODEL,
    redis: { ...SAMPLE_MODEL.redis, replicas: 3 },
    rabbitmq: { ...SAMPLE_MODEL.rabbitmq, replicas: 3 },
  };
  const templates = platformObjects(model).flatMap(({ object }) => {
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
