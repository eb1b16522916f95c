import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { ApiClient } from "../client/api-client.ts";
import { HttpTransport } from "../transport/http-transport.ts";

/** One answer; what it leaves open stays open until the server closes. */
export type Answer = (response: ServerResponse, url: URL, request: IncomingMessage) => void;

export interface ScriptedApi extends AsyncDisposable {
  readonly client: ApiClient;
  /** Path and query of each request so far. */
  readonly requests: readonly URL[];
}

/**
 * An HTTP server that gives the answers in order and then leaves requests open: for faults that a real API server
 * cannot be made to show at will. Everything else is tested against a real one.
 */
export async function scriptedApi(answers: readonly Answer[]): Promise<ScriptedApi> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    answers[requests.push(url) - 1]?.(response, url, request);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "scripted", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "user" },
  );
  const client = new ApiClient(new HttpTransport(config), { userAgent: "test" });
  return {
    client,
    requests,
    [Symbol.asyncDispose]: () => {
      const closed = Promise.withResolvers<void>();
      client.close();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}

/** A list with the names as ConfigMaps of the namespace `default`. */
export function list(resourceVersion: string, names: readonly string[], continueToken?: string): Answer {
  return json({
    apiVersion: "v1",
    kind: "ConfigMapList",
    metadata: { resourceVersion, ...(continueToken === undefined ? {} : { continue: continueToken }) },
    items: names.map((name) => ({ metadata: metadata(name, resourceVersion) })),
  });
}

export function json(body: unknown): Answer {
  return (response) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(body));
}

export function failure(code: number, reason: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(code, { "Content-Type": "application/json", ...headers });
    response.end(JSON.stringify({ kind: "Status", code, reason, message: `scripted ${reason}` }));
  };
}

/** A watch that sends the text and then does `then`: end properly, break off, or stay silent. */
export function watch(text: string, then: "end" | "reset" | "silence"): Answer {
  return (response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    response.write(text, () => {
      if (then === "end") {
        response.end();
      } else if (then === "reset") {
        response.destroy();
      }
    });
  };
}

/** One line of a watch. */
export function event(type: string, name: string, resourceVersion: string): string {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: metadata(name, resourceVersion) };
  return `${JSON.stringify({ type, object })}\n`;
}

export function errorEvent(code: number, reason: string): string {
  return `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code, reason, message: `scripted ${reason}` } })}\n`;
}

function metadata(name: string, resourceVersion: string): Record<string, unknown> {
  return { name, namespace: "default", uid: `uid-${name}`, resourceVersion, managedFields: [{ manager: "x" }] };
}
