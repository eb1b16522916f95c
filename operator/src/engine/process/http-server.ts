import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "../metrics/metrics.ts";

/** Throws or rejects with a sentence when what it checks is not well. */
export type Check = () => void | Promise<void>;

export interface HttpServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default: every address. */
  readonly host?: string;
  readonly metrics: Metrics;
  readonly healthz?: Readonly<Record<string, Check>>;
  readonly readyz?: Readonly<Record<string, Check>>;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers one request. What it rejects with is answered with status 500. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects if it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { port, host, metrics, healthz = {}, readyz = {} } = options;
  const server = serveRoutes({
    "/healthz": (_, response) => answerChecks(response, healthz),
    "/readyz": (_, response) => answerChecks(response, readyz),
    "/metrics": async (_, response) => {
      const { contentType, text } = await metrics.scrape();
      answer(response, 200, text, contentType);
    },
  });
  return listen(server, port, host);
}

/** A server of GET and HEAD requests by path; not listening yet. */
export function serveRoutes(routes: Readonly<Record<string, Route>>): Server {
  const byPath = new Map(Object.entries(routes));
  return createServer((request, response) => {
    const route = byPath.get(request.url?.split("?")[0] ?? "");
    if (route === undefined) {
      answer(response, 404, `not found: there is ${[...byPath.keys()].join(", ")}\n`);
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response.setHeader("Allow", "GET, HEAD"), 405, "only GET and HEAD are answered\n");
    } else {
      new Promise<void>((resolve) => resolve(route(request, response))).catch((error: unknown) =>
        answer(response, 500, `${String(error)}\n`),
      );
    }
  });
}

/** Rejects if it cannot listen. Port 0 takes a free one. */
export async function listen(server: Server, port: number, host?: string): Promise<HttpServer> {
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise;
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}

async function answerChecks(response: ServerResponse, checks: Readonly<Record<string, Check>>): Promise<void> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return { ok: true, line: `[+] ${name} ok` };
      } catch (error) {
        return { ok: false, line: `[-] ${name}: ${error instanceof Error ? error.message : String(error)}` };
      }
    }),
  );
  const ok = results.every((result) => result.ok);
  const lines = [...results.map(({ line }) => line), ok ? "ok" : "failed"];
  answer(response, ok ? 200 : 503, `${lines.join("\n")}\n`);
}

/** Sends a whole answer; does nothing when one has begun, or when nobody is there to read it. */
export function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, { "Content-Type": type }).end(text);
  }
}
