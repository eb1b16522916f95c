import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "../kit/clock.ts";
import type { Logger } from "../kit/log.ts";
import { answer, type HttpServer, listen, type Route, serveRoutes } from "./http-server.ts";
import { type Profiler, profileCpu, profileHeap } from "./profiling.ts";

export interface ProfilingServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Nobody else on the network reaches it; `kubectl port-forward` does. */
const HOST = "127.0.0.1";
const SECONDS = { default: 10, most: 120 } as const;

/**
 * Serves `/debug/cpu-profile` and `/debug/heap-profile` on the loopback address, for `?seconds=` (10). A heap snapshot
 * is not served: it holds every string of the process, and so the Secrets that it knows. Rejects if it cannot listen.
 */
export async function startProfilingServer(options: ProfilingServerOptions): Promise<HttpServer> {
  const { port, log, clock = systemClock } = options;
  const stop = new AbortController();
  let busy = false;
  const route =
    (name: string, ending: string, profile: Profiler): Route =>
    async (request, response) => {
      const seconds = parseSeconds(request);
      if (!isLocal(request.headers.host)) {
        answer(response, 403, "only requests to localhost are answered: use kubectl port-forward\n");
      } else if (seconds === undefined) {
        answer(response, 400, `seconds must be a whole number from 1 to ${SECONDS.most}, such as ?seconds=30\n`);
      } else if (busy) {
        answer(response, 409, "a profile is being taken: two at once would measure each other, try again later\n");
      } else {
        busy = true;
        try {
          log.info({ profile: name, seconds }, "Taking a profile");
          const text = await profile(seconds, clock, untilLeft(response, stop.signal));
          response.setHeader("Content-Disposition", `attachment; filename="operator.${ending}"`);
          answer(response, 200, text, "application/json");
        } finally {
          busy = false;
        }
      }
    };
  const server = serveRoutes({
    "/debug/cpu-profile": route("cpu", "cpuprofile", profileCpu),
    "/debug/heap-profile": route("heap", "heapprofile", profileHeap),
  });
  const listening = await listen(server, port, HOST);
  return {
    port: listening.port,
    close: () => {
      stop.abort();
      return listening.close();
    },
  };
}

function parseSeconds({ url = "" }: IncomingMessage): number | undefined {
  const text = new URLSearchParams(url.split("?")[1]).get("seconds") ?? String(SECONDS.default);
  const seconds = Number(text);
  return /^\d+$/.test(text) && seconds >= 1 && seconds <= SECONDS.most ? seconds : undefined;
}

// A web page that its own name server sends to 127.0.0.1 would otherwise read what is forwarded to a workstation.
function isLocal(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}

/** Nobody waits for a profile whose reader left. */
function untilLeft(response: ServerResponse, stop: AbortSignal): AbortSignal {
  const left = new AbortController();
  const leave = (): void => left.abort();
  stop.addEventListener("abort", leave);
  response.once("close", () => {
    leave();
    stop.removeEventListener("abort", leave);
  });
  return left.signal;
}
