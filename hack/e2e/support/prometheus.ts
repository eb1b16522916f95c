import type { Kubectl } from "./kubectl.ts";
import { forwardedUrl } from "./port-forward.ts";

const NAME = "prometheus";
const PORT = 9090;

/** One series of an answer, with its value now. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus in the cluster that scrapes every pod whose annotations ask for it. */
export class Prometheus {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  readonly #url: string;
  readonly #close: () => void;

  private constructor(kubectl: Kubectl, namespace: string, forwarded: { readonly url: string; close(): void }) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
    this.#url = forwarded.url;
    this.#close = () => forwarded.close();
  }

  /** Makes a namespace for it. Resolves when it answers. */
  static async start(kubectl: Kubectl, namespace: string, image: string): Promise<Prometheus> {
    await kubectl.apply({ apiVersion: "v1", kind: "List", items: objects(namespace, image) });
    await kubectl.run(["rollout", "status", `deployment/${NAME}`, "-n", namespace, "--timeout=120s"]);
    const { kubeconfig } = kubectl;
    const target = { kubeconfig, namespace, resource: `deployment/${NAME}` };
    return new Prometheus(kubectl, namespace, await forwardedUrl(target, PORT));
  }

  /** Series that a PromQL expression gives now. Throws what Prometheus says of an expression that it refuses. */
  async query(expression: string): Promise<readonly QueryResult[]> {
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const answer = (await response.json()) as {
      status: string;
      error?: string;
      data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (answer.status !== "success") throw new Error(`Prometheus refuses ${expression}: ${answer.error}`);
    return (answer.data?.result ?? []).map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /**
   * Runs a bash script in its pod, whatever becomes of it. `output`: what the script wrote, errors among it. It gets no
   * input: the streams of `kubectl exec` lose the end of one now and then.
   */
  async exec(script: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    // kubectl's own words about its connection stand on stderr too, also when the command succeeded.
    const command = ["bash", "-c", `exec 2>&1\n${script}`, "bash", ...args];
    const target = ["-n", this.#namespace, `deployment/${NAME}`];
    const { code, stdout } = await this.#kubectl.try(["exec", ...target, "--", ...command]);
    return { code, output: stdout };
  }

  /** Begins to delete all that belongs to it. */
  async remove(): Promise<void> {
    this.#close();
    await Prometheus.remove(this.#kubectl, this.#namespace);
  }

  /** The same for one that did not start. */
  static async remove(kubectl: Kubectl, namespace: string): Promise<void> {
    const clusterWide = [`clusterrole/${namespace}`, `clusterrolebinding/${namespace}`];
    const flags = ["--ignore-not-found", "--wait=false"];
    await kubectl.run(["delete", `namespace/${namespace}`, ...clusterWide, ...flags]);
  }
}

/** The relabelling by which charts of Prometheus find pods. */
function configuration(): unknown {
  const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;
  return {
    global: { scrape_interval: "2s", scrape_timeout: "2s" },
    scrape_configs: [
      {
        job_name: "kubernetes-pods",
        kubernetes_sd_configs: [{ role: "pod" }],
        relabel_configs: [
          { source_labels: [annotation("scrape")], action: "keep", regex: "true" },
          { source_labels: [annotation("path")], regex: "(.+)", target_label: "__metrics_path__" },
          {
            source_labels: ["__address__", annotation("port")],
            regex: "([^:]+)(?::\\d+)?;(\\d+)",
            replacement: "$1:$2",
            target_label: "__address__",
          },
          { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
          { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
        ],
      },
    ],
  };
}

function objects(namespace: string, image: string): readonly unknown[] {
  const metadata = { name: NAME, namespace };
  const labels = { "app.kubernetes.io/name": NAME };
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: namespace },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: namespace },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: namespace },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
    // JSON is YAML.
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "prometheus.yml": JSON.stringify(configuration()) } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(image) } },
    },
  ];
}

function podSpec(image: string): unknown {
  return {
    serviceAccountName: NAME,
    securityContext: { runAsNonRoot: true, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: NAME,
        image,
        command: ["prometheus"],
        args: [
          "--config.file=/etc/prometheus/prometheus.yml",
          "--storage.tsdb.path=/var/lib/prometheus",
          "--storage.tsdb.retention.time=1h",
        ],
        ports: [{ name: "http", containerPort: PORT }],
        readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/-/healthy", port: "http" }, initialDelaySeconds: 30 },
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "configuration", mountPath: "/etc/prometheus", readOnly: true },
          { name: "data", mountPath: "/var/lib/prometheus" },
        ],
      },
    ],
    volumes: [
      { name: "configuration", configMap: { name: NAME } },
      { name: "data", emptyDir: { sizeLimit: "256Mi" } },
    ],
  };
}
