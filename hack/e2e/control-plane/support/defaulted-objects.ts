import type { KubernetesObject } from "@profile-platform/operator/kubernetes";

const CONTAINER = {
  name: "main",
  image: "example.com/main:1",
  command: ["sleep", "1000"],
  ports: [{ name: "http", containerPort: 8080 }],
  env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
  resources: { requests: { cpu: "0.2", memory: "256Mi" }, limits: { cpu: "500m", memory: "0.5Gi" } },
  readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
  volumeMounts: [{ name: "configuration", mountPath: "/etc/main" }],
};
const POD = {
  metadata: { labels: { app: "main" } },
  spec: {
    containers: [CONTAINER],
    volumes: [{ name: "configuration", configMap: { name: "main" } }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "main" } },
      },
    ],
  },
};
const SELECTOR = { matchLabels: { app: "main" } };

/** Objects of the kinds that the API server fills up with defaults and rewrites quantities of, with other owners' fields. */
export function defaultedObjects(namespace: string): readonly KubernetesObject[] {
  const object = (apiVersion: string, kind: string, fields: Record<string, unknown>): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: "main", namespace, labels: { app: "main" } },
    ...fields,
  });
  return [
    object("v1", "ServiceAccount", {}),
    object("v1", "ConfigMap", { data: { key: "value" } }),
    object("v1", "Secret", { stringData: { password: "secret-value" } }),
    object("rbac.authorization.k8s.io/v1", "Role", {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    }),
    object("rbac.authorization.k8s.io/v1", "RoleBinding", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "main" },
      subjects: [{ kind: "ServiceAccount", name: "main", namespace }],
    }),
    object("v1", "ResourceQuota", { spec: { hard: { "limits.cpu": "20", "requests.memory": "1024Mi" } } }),
    object("v1", "LimitRange", { spec: { limits: [{ type: "Container", default: { cpu: "0.5", memory: "512Mi" } }] } }),
    object("networking.k8s.io/v1", "NetworkPolicy", {
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{ ports: [{ port: 8080 }] }] },
    }),
    object("v1", "Service", {
      spec: { selector: { app: "main" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    }),
    object("apps/v1", "Deployment", { spec: { selector: SELECTOR, template: POD } }),
    object("apps/v1", "StatefulSet", {
      spec: {
        replicas: 1,
        serviceName: "main",
        selector: SELECTOR,
        template: POD,
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
          },
        ],
      },
    }),
    object("batch/v1", "Job", {
      spec: {
        backoffLimit: 3,
        template: { spec: { restartPolicy: "Never", containers: [{ ...CONTAINER, volumeMounts: [] }] } },
      },
    }),
    object("policy/v1", "PodDisruptionBudget", { spec: { maxUnavailable: 1, selector: SELECTOR } }),
    object("autoscaling/v2", "HorizontalPodAutoscaler", {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "main" },
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
      },
    }),
  ];
}
