import { describe, expect, it } from "vitest";
import { apiServer, type ControlPlaneSettings, controllerManager, etcd } from "./control-plane.ts";
import { renderKubeconfig } from "./pki.ts";

const settings: ControlPlaneSettings = {
  kube: "/kube",
  pki: "/pki",
  etcdData: "/etcd",
  address: "10.250.0.11",
  port: 6443,
  etcdPort: 2379,
  etcdPeerPort: 2380,
  controllersPort: 10257,
  schedulerPort: 10259,
  kubeconfigOf: (user) => `/pki/${user}.kubeconfig`,
  nodes: true,
};

describe("the API server", () => {
  it("limits what nodes may do, and asks RBAC for the rest", () => {
    expect(apiServer(settings).args).toEqual(
      expect.arrayContaining(["--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction"]),
    );
  });

  it("calls pods of aggregated APIs only where there are pods", () => {
    expect(apiServer(settings).args).toContain("--enable-aggregator-routing=true");
    expect(apiServer({ ...settings, nodes: false }).args).not.toContain("--enable-aggregator-routing=true");
  });
});

it("lets etcd be used with a certificate only", () => {
  const { args } = etcd(settings);
  expect(args).toEqual(expect.arrayContaining(["--client-cert-auth=true", "--peer-client-cert-auth=true"]));
  expect(args.filter((argument) => argument.includes("http://"))).toEqual([]);
});

it("leaves out the controllers of nodes where there are none", () => {
  const controllers = (nodes: boolean) =>
    controllerManager({ ...settings, nodes }).args.find((argument) => argument.startsWith("--controllers="));
  expect(controllers(true)).toBe("--controllers=*");
  expect(controllers(false)).toContain("-node-lifecycle-controller");
});

it("puts no key into a command line or a kubeconfig, only where it lies", () => {
  expect(JSON.parse(renderKubeconfig("https://a", "/pki", "admin"))).toMatchObject({
    clusters: [{ cluster: { server: "https://a", "certificate-authority": "/pki/ca.crt" } }],
    users: [{ user: { "client-certificate": "/pki/admin.crt", "client-key": "/pki/admin.key" } }],
  });
});
