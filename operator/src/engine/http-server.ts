import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.ts";

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

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects if it cannot listen. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { port, host, metrics, healthz = {}, readyz = {} } = options;
  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    "/healthz": (response) => answerChecks(response, healthz),
    "/readyz": (response) => answerChecks(response, readyz),
    "/metrics": async (response) => {
      const { contentType, text } = await metrics.scrape();
      answer(response, 200, text, contentType);
    },
  };
  const server = createServer((request, response) => {
    const route = routes[request.url?.split("?")[0] ?? ""];
    const answered = route === undefined ? Promise.resolve(answer(response, 404, "not found\n")) : route(response);
    answered.catch((error: unknown) => answer(response, 500, `${String(error)}\n`));
  });
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

function answer(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "Content-Type": type }).end(text);
}
