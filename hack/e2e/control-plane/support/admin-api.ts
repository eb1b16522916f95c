import type { IncomingMessage } from "node:http";
import { Agent, request as send } from "node:https";
import { text } from "node:stream/consumers";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { type AdminRequest, RefusedError, readAdministrator } from "../../support/administrator.ts";

/**
 * Requests of the administrator, over plain HTTP/1.1: what looks at the operator from outside has none of its engine in
 * it, and gives up nothing while the machine is busy.
 */
export class AdminApi {
  readonly #server: string;
  readonly #agent: Agent;

  /** By a kubeconfig of a control plane of this project: one cluster, one user, keys in files. */
  constructor(kubeconfig: string) {
    const { server, ...keys } = readAdministrator(kubeconfig);
    this.#server = server;
    this.#agent = new Agent({
      ...keys,
      keepAlive: true,
      maxSockets: 32,
      // Below the time after which the API server closes an idle connection: no request must meet one that is closing.
      timeout: 20_000,
    });
  }

  /** The answer's JSON. Throws RefusedError for any answer but 2xx. */
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
    if (status < 200 || status > 299) throw new RefusedError(request, status, answer);
    return JSON.parse(answer) as T;
  }

  close(): void {
    this.#agent.destroy();
  }
}
