import { join } from "node:path";
import { POD_RANGE, SERVICE_RANGE } from "./plan.ts";
import type { ProcessSpec } from "./processes.ts";

export interface ControlPlaneSettings {
  readonly kube: string;
  readonly pki: string;
  readonly etcdData: string;
  /** Where the API server listens. */
  readonly address: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  /** Ports of the controllers' own health endpoints, on 127.0.0.1. */
  readonly controllersPort: number;
  readonly schedulerPort: number;
  readonly kubeconfigOf: (user: string) => string;
  /** False where there are no nodes: what only serves nodes is then left out. */
  readonly nodes: boolean;
}

/** etcd syncs nothing to disk: a test cluster does not outlive a crash of its machine, and starts twice as fast. */
export function etcd(settings: ControlPlaneSettings): ProcessSpec {
  const key = (name: string) => join(settings.pki, name);
  const client = `https://127.0.0.1:${settings.etcdPort}`;
  const peer = `https://127.0.0.1:${settings.etcdPeerPort}`;
  return {
    name: "etcd",
    program: settings.kube,
    args: [
      "etcd",
      "--name=default",
      `--data-dir=${settings.etcdData}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      `--cert-file=${key("etcd.crt")}`,
      `--key-file=${key("etcd.key")}`,
      "--client-cert-auth=true",
      `--trusted-ca-file=${key("ca.crt")}`,
      `--peer-cert-file=${key("etcd.crt")}`,
      `--peer-key-file=${key("etcd.key")}`,
      "--peer-client-cert-auth=true",
      `--peer-trusted-ca-file=${key("ca.crt")}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
  };
}

export function apiServer(settings: ControlPlaneSettings): ProcessSpec {
  const key = (name: string) => join(settings.pki, name);
  return {
    name: "kube-apiserver",
    program: settings.kube,
    args: [
      "kube-apiserver",
      `--etcd-servers=https://127.0.0.1:${settings.etcdPort}`,
      `--etcd-cafile=${key("ca.crt")}`,
      `--etcd-certfile=${key("etcd-client.crt")}`,
      `--etcd-keyfile=${key("etcd-client.key")}`,
      `--bind-address=${settings.address}`,
      `--advertise-address=${settings.address}`,
      // A Service must not point at a loopback address; without nodes nobody would follow it anyway.
      ...(settings.nodes ? [] : ["--endpoint-reconciler-type=none"]),
      `--secure-port=${settings.port}`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      `--tls-cert-file=${key("apiserver.crt")}`,
      `--tls-private-key-file=${key("apiserver.key")}`,
      `--client-ca-file=${key("ca.crt")}`,
      `--service-account-key-file=${key("sa.pub")}`,
      `--service-account-signing-key-file=${key("sa.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      `--kubelet-client-certificate=${key("kubelet-client.crt")}`,
      `--kubelet-client-key=${key("kubelet-client.key")}`,
      `--kubelet-certificate-authority=${key("ca.crt")}`,
      // Nodes have no names that the API server could resolve.
      "--kubelet-preferred-address-types=InternalIP",
      `--requestheader-client-ca-file=${key("ca.crt")}`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      `--proxy-client-cert-file=${key("front-proxy.crt")}`,
      `--proxy-client-key-file=${key("front-proxy.key")}`,
      // Straight to the pods of an aggregated API: no kube-proxy stands between the API server and a Service.
      ...(settings.nodes ? ["--enable-aggregator-routing=true"] : []),
      "--profiling=false",
    ],
  };
}

export function controllerManager(settings: ControlPlaneSettings): ProcessSpec {
  const key = (name: string) => join(settings.pki, name);
  const kubeconfig = settings.kubeconfigOf("controller-manager");
  const forNodes = ["node-ipam", "node-lifecycle", "node-route", "taint-eviction", "persistentvolume-attach-detach"];
  return {
    name: "kube-controller-manager",
    program: settings.kube,
    args: [
      "kube-controller-manager",
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${settings.controllersPort}`,
      `--service-account-private-key-file=${key("sa.key")}`,
      `--root-ca-file=${key("ca.crt")}`,
      `--cluster-signing-cert-file=${key("ca.crt")}`,
      `--cluster-signing-key-file=${key("ca.key")}`,
      `--cluster-cidr=${POD_RANGE}`,
      `--controllers=${["*", ...(settings.nodes ? [] : forNodes.map((name) => `-${name}-controller`))].join(",")}`,
      "--use-service-account-credentials=true",
      "--leader-elect=false",
      // Upstream's 20 requests a second make the controllers, which get an account each, take 5 s to start.
      "--kube-api-qps=200",
      "--kube-api-burst=400",
      // Upstream looks every 15 s; a test that scales by load should not wait longer than the load takes.
      "--horizontal-pod-autoscaler-sync-period=5s",
      "--profiling=false",
    ],
  };
}

export function scheduler(settings: ControlPlaneSettings): ProcessSpec {
  const kubeconfig = settings.kubeconfigOf("scheduler");
  return {
    name: "kube-scheduler",
    program: settings.kube,
    args: [
      "kube-scheduler",
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${settings.schedulerPort}`,
      "--leader-elect=false",
      "--profiling=false",
    ],
  };
}
