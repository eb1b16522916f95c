import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";

export interface AdminRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** The API server said no. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor({ method, path }: AdminRequest, status: number, answer: string) {
    super(`${method} ${path}: ${status} ${answer.slice(0, 300)}`);
    this.status = status;
  }
}

/** Where an API server is, and with what its administrator comes. */
export interface Administrator {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

interface AdminKubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority": string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly "client-certificate": string; readonly "client-key": string } },
  ];
}

/** By a kubeconfig of a control plane of this project: one cluster, one user, keys in files. */
export function readAdministrator(kubeconfig: string): Administrator {
  const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as AdminKubeconfig;
  const file = (path: string): Buffer => readFileSync(resolve(dirname(kubeconfig), path));
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  return {
    server: cluster.server,
    ca: file(cluster["certificate-authority"]),
    cert: file(user["client-certificate"]),
    key: file(user["client-key"]),
  };
}

/**
 * The text of a kubeconfig for the same API server, with a token in place of the administrator's keys: a client
 * certificate cannot pass through a proxy that ends TLS, and is never made to wait.
 */
export function kubeconfigWithToken(administrator: string, token: string): string {
  const config = parse(readFileSync(administrator, "utf8")) as { readonly users: readonly { readonly name: string }[] };
  const users = config.users.map(({ name }) => ({ name, user: { token } }));
  return JSON.stringify({ ...config, users });
}
