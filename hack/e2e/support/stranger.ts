import type { ObjectMeta } from "@profile-platform/operator/kubernetes";
import type { Kubectl } from "./kubectl.ts";

/** Opens a TCP connection from inside a pod, by the Node.js that the pod has: `open`, or why not. */
export const DIAL = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port), timeout: 3000 });
const end = (word) => { console.log(word); process.exit(0); };
socket.on("connect", () => end("open")).on("timeout", () => end("blocked")).on("error", (error) => end(error.code));
`;

/** A pod that belongs to no platform, waits for commands, and may run in a namespace of one. */
export function strangerPod(metadata: ObjectMeta, image: string): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "stranger",
          image,
          command: ["node", "-e", "setInterval(() => {}, 1000)"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
        },
      ],
    },
  };
}

/** The image of the profile services, which every node of the cluster has. */
export async function runtimeImage(kubectl: Kubectl, namespace = "server-layer"): Promise<string> {
  const server = await kubectl.get("deployment", "server", namespace);
  const { spec } = (server ?? {}) as { spec?: { template: { spec: { containers: { image: string }[] } } } };
  const image = spec?.template.spec.containers[0]?.image;
  if (image === undefined) throw new Error(`there is no Deployment ${namespace}/server with a container`);
  return image;
}
