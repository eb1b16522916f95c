import type { KubernetesObject } from "@kubernetes/client-node";
import { DNS_SERVICE_ADDRESS } from "../plan.ts";
import { kubeProgram, restricted, spread } from "./kube-pod.ts";
import { grant, rule, serviceAccount } from "./rbac.ts";

/** No forward plugin: names outside of the cluster do not exist in it. */
const COREFILE = `.:53 {
    errors
    health :8080 {
        lameduck 5s
    }
    ready :8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    prometheus :9153
    cache 5
    loadbalance
}
`;

/** CoreDNS as real clusters have it: pods with the label k8s-app=kube-dns, so that NetworkPolicies can name them. */
export function coreDns(kube: string, replicas: number): readonly KubernetesObject[] {
  const labels = { "k8s-app": "kube-dns" };
  const metadata = { namespace: "kube-system", labels };
  const program = kubeProgram(kube);
  const ports = [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
    { name: "metrics", port: 9153, protocol: "TCP" },
  ];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, name: "coredns" } },
    ...grant("local-cluster:coredns", serviceAccount("coredns"), [
      rule("", ["services", "pods", "namespaces"]),
      rule("discovery.k8s.io", ["endpointslices"]),
    ]),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { ...metadata, name: "coredns" }, data: { Corefile: COREFILE } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, name: "kube-dns" },
      spec: {
        selector: labels,
        clusterIP: DNS_SERVICE_ADDRESS,
        ports: ports.map((p) => ({ ...p, targetPort: p.name })),
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, name: "coredns" },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "coredns",
            priorityClassName: "system-cluster-critical",
            dnsPolicy: "Default",
            topologySpreadConstraints: spread(labels),
            tolerations: [{ operator: "Exists", key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }],
            // Lets a process without privileges listen on port 53.
            securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
            containers: [
              {
                name: "coredns",
                image: program.image,
                imagePullPolicy: program.imagePullPolicy,
                command: ["/kube", "coredns", "-conf", "/etc/coredns/Corefile"],
                ports: ports.map((p) => ({ name: p.name, containerPort: p.port, protocol: p.protocol })),
                resources: { requests: { cpu: "20m", memory: "50Mi" }, limits: { memory: "170Mi" } },
                securityContext: restricted,
                readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
                livenessProbe: {
                  httpGet: { path: "/health", port: 8080 },
                  initialDelaySeconds: 10,
                  failureThreshold: 5,
                },
                volumeMounts: [program.mount, { name: "config", mountPath: "/etc/coredns", readOnly: true }],
              },
            ],
            volumes: [program.volume, { name: "config", configMap: { name: "coredns" } }],
          },
        },
      },
    },
  ] as readonly KubernetesObject[];
}
