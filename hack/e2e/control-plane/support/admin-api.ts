import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request as send } from "node:https";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { parse } from "yaml";

export interface AdminRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** The API server said no. */
export class AdminRefusal extends Error {
  override readonly name = "AdminRefusal";
  readonly status: number;

  constructor({ method, path }: AdminRequest, status: number, answer: string) {
    super(`${method} ${path}: ${status} ${answer.slice(0, 300)}`);
    this.status = status;
  }
}

interface AdminKubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority": string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly "client-certificate": string; readonly "client-key": string } },
  ];
}

/**
 * Requests of the administrator, over plain HTTP/1.1: what looks at the operator from outside has none of its engine in
 * it, and gives up nothing while the machine is busy.
 */
export class AdminApi {
  readonly #server: string;
  readonly #agent: Agent;

  /** By a kubeconfig of a control plane of this project: one cluster, one user, keys in files. */
  constructor(kubeconfig: string) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as AdminKubeconfig;
    const file = (path: string): Buffer => readFileSync(resolve(dirname(kubeconfig), path));
    const [{ cluster }] = clusters;
    const [{ user }] = users;
    this.#server = cluster.server;
    this.#agent = new Agent({
      ca: file(cluster["certificate-authority"]),
      cert: file(user["client-certificate"]),
      key: file(user["client-key"]),
      keepAlive: true,
      maxSockets: 32,
      // Below the time after which the API server closes an idle connection: no request must meet one that is closing.
      timeout: 20_000,
    });
  }

  /** The answer's JSON. Throws AdminRefusal for any answer but 2xx. */
  async request<T = KubernetesObject>(request: AdminRequest): Promise<T> {
    const { method, path, body, contentType = "application/json" } = request;
    const { promise, resolve: arrived, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { accept: "application/json", ...(body === undefined ? {} : { "content-type": contentType }) };
    const outgoing = send(new URL(path, this.#server), { method, agent: this.#agent, headers }, arrived);
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const response = await promise;
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw new AdminRefusal(request, status, answer);
    return JSON.parse(answer) as T;
  }

  close(): void {
    this.#agent.destroy();
  }
}
