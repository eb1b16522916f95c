import { PAUSE_IMAGE } from "../node-config.ts";

/**
 * A pod template's parts that run a part of the kube program from the host. The program is mounted and not packed:
 * an image of 150 MB on every node would cost each start of the cluster several seconds.
 */
export function kubeProgram(kube: string) {
  return {
    image: PAUSE_IMAGE,
    imagePullPolicy: "Never",
    mount: { name: "kube", mountPath: "/kube", readOnly: true },
    volume: { name: "kube", hostPath: { path: kube, type: "File" } },
  } as const;
}

export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** One replica a node before a second one on any: losing a node then loses no service. */
export const spread = (labels: Readonly<Record<string, string>>) => [
  {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  },
];
