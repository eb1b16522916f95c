import type { KubernetesObject } from "@kubernetes/client-node";
import { kubeProgram, restricted } from "./kube-pod.ts";
import { bind, grant, rule, serviceAccount } from "./rbac.ts";

/** Keys as PEM. */
export interface MetricsServerKeys {
  readonly certificate: string;
  readonly key: string;
}

export const METRICS_SERVER_NAMES = ["metrics-server.kube-system.svc", "metrics-server.kube-system"];

/** metrics-server as an aggregated API, verified by its certificate, with the Service port that upstream names https. */
export function metricsServer(kube: string, keys: MetricsServerKeys): readonly KubernetesObject[] {
  const labels = { "k8s-app": "metrics-server" };
  const metadata = { namespace: "kube-system", labels };
  const program = kubeProgram(kube);
  const account = serviceAccount("metrics-server");
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, name: "metrics-server" } },
    ...grant("system:metrics-server", account, [rule("", ["nodes/metrics"], ["get"]), rule("", ["pods", "nodes"])]),
    bind("metrics-server:system:auth-delegator", account, { kind: "ClusterRole", name: "system:auth-delegator" }),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { ...metadata, name: "metrics-server-auth-reader" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: "extension-apiserver-authentication-reader",
      },
      subjects: [account],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: {
        name: "system:aggregated-metrics-reader",
        labels: Object.fromEntries(
          ["view", "edit", "admin"].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, "true"]),
        ),
      },
      rules: [rule("metrics.k8s.io", ["pods", "nodes"])],
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...metadata, name: "metrics-server-tls" },
      type: "kubernetes.io/tls",
      data: { "tls.crt": base64(keys.certificate), "tls.key": base64(keys.key) },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, name: "metrics-server" },
      spec: { selector: labels, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, name: "metrics-server" },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "metrics-server",
            priorityClassName: "system-cluster-critical",
            tolerations: [{ operator: "Exists", key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }],
            // The group may read the key, which the kubelet gives to root otherwise.
            securityContext: { fsGroup: 65532 },
            containers: [
              {
                name: "metrics-server",
                image: program.image,
                imagePullPolicy: program.imagePullPolicy,
                command: [
                  "/kube",
                  "metrics-server",
                  "--secure-port=10250",
                  "--tls-cert-file=/etc/metrics-server/tls.crt",
                  "--tls-private-key-file=/etc/metrics-server/tls.key",
                  "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
                  "--kubelet-preferred-address-types=InternalIP",
                  "--kubelet-request-timeout=2s",
                  "--metric-resolution=3s",
                ],
                ports: [{ name: "https", containerPort: 10250, protocol: "TCP" }],
                resources: { requests: { cpu: "20m", memory: "60Mi" }, limits: { memory: "250Mi" } },
                securityContext: restricted,
                readinessProbe: { httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" }, periodSeconds: 1 },
                livenessProbe: { httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, initialDelaySeconds: 20 },
                volumeMounts: [program.mount, { name: "tls", mountPath: "/etc/metrics-server", readOnly: true }],
              },
            ],
            volumes: [
              program.volume,
              { name: "tls", secret: { secretName: "metrics-server-tls", defaultMode: 0o440 } },
            ],
          },
        },
      },
    },
  ] as readonly KubernetesObject[];
}

/**
 * Registers the API that the pods serve. Only once they do: while a registered API does not answer, controllers that
 * start wait for it for seconds.
 */
export function metricsApi(authority: string): KubernetesObject {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io", labels: { "k8s-app": "metrics-server" } },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      caBundle: base64(authority),
      service: { namespace: "kube-system", name: "metrics-server", port: 443 },
    },
  } as KubernetesObject;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
