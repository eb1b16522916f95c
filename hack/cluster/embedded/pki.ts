import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";

export interface CertificateRequest {
  readonly name: string;
  readonly commonName: string;
  readonly organization?: string;
  readonly addresses?: readonly string[];
  readonly dnsNames?: readonly string[];
}

/** The users and servers of every control plane. */
export function controlPlaneCertificates(addresses: readonly string[]): CertificateRequest[] {
  const api = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
  return [
    { name: "etcd", commonName: "etcd", addresses: ["127.0.0.1"], dnsNames: ["localhost"] },
    { name: "etcd-client", commonName: "kube-apiserver-etcd-client" },
    { name: "apiserver", commonName: "kube-apiserver", addresses, dnsNames: [...api, "localhost"] },
    { name: "kubelet-client", commonName: "kube-apiserver-kubelet-client", organization: "system:masters" },
    { name: "front-proxy", commonName: "front-proxy-client" },
    { name: "admin", commonName: "kubernetes-admin", organization: "system:masters" },
    { name: "controller-manager", commonName: "system:kube-controller-manager" },
    { name: "scheduler", commonName: "system:kube-scheduler" },
  ];
}

/** Makes ca.*, sa.* and the certificates in the folder; what exists is kept. The programs do it: Node cannot sign X.509. */
export async function makeCertificates(
  kube: string,
  directory: string,
  certificates: readonly CertificateRequest[],
): Promise<void> {
  try {
    await run(kube, ["pki"], { input: JSON.stringify({ directory, certificates }) });
  } catch (cause) {
    throw new Error("while making the certificates of the cluster", { cause });
  }
}

/** A kubeconfig that names its keys by path. */
export function renderKubeconfig(server: string, pki: string, user: string): string {
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "local", cluster: { server, "certificate-authority": join(pki, "ca.crt") } }],
      users: [
        {
          name: user,
          user: { "client-certificate": join(pki, `${user}.crt`), "client-key": join(pki, `${user}.key`) },
        },
      ],
      contexts: [{ name: "local", context: { cluster: "local", user } }],
      "current-context": "local",
    },
    null,
    2,
  )}\n`;
}

export function writeKubeconfig(path: string, server: string, pki: string, user: string): void {
  writeFileSync(path, renderKubeconfig(server, pki, user), { mode: 0o600 });
  chmodSync(path, 0o600);
}
