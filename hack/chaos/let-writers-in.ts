import type { Field } from "./field.ts";

/** Writers come from the nodes and from no pod that the platform knows, so no policy of its own lets them in. */
export async function letWritersIn({
  kubectl,
  namespace,
  plan,
}: Pick<Field, "kubectl" | "namespace" | "plan">): Promise<void> {
  await kubectl.apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "chaos-writers", namespace },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "postgresql" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ ipBlock: { cidr: plan.fabricRange } }],
          ports: [{ port: 5432, protocol: "TCP" }],
        },
      ],
    },
  });
}
