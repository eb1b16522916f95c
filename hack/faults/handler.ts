import type { IncomingMessage } from "node:http";
import { type Clock, sleep } from "@profile-platform/operator/engine/kit/clock";
import type { CrashSwitch } from "./crash-switch.ts";
import type { Exchange } from "./exchange.ts";
import type { Fault } from "./fault.ts";
import type { OpenWatches } from "./open-watches.ts";
import type { ReadHistory, RecordedAnswer } from "./recording.ts";
import type { RequestLog } from "./request-log.ts";
import type { RuleBook } from "./rule-book.ts";
import type { SeenRequest } from "./seen-request.ts";
import type { Upstream } from "./upstream.ts";
import { WatchStream } from "./watch-stream.ts";

export interface HandlerOptions {
  readonly upstream: Upstream;
  readonly rules: RuleBook;
  readonly crash: CrashSwitch;
  readonly log: RequestLog;
  readonly history: ReadHistory;
  /** Watches that are open. */
  readonly watches: Pick<OpenWatches, "add" | "delete">;
  readonly clock: Clock;
  /** The last write of a process that crashes is about to be sent: nothing may come back from now on. */
  readonly onCrash: () => void;
}

type Answered = (status: number) => void;

/** Carries one request through: rules, the server, and its answer. Throws where the server cannot be reached. */
export async function handle(exchange: Exchange, options: HandlerOptions): Promise<void> {
  const { crash, rules, log, history } = options;
  const { request, answered } = log.open(exchange.head, await exchange.body());
  history.add(request, exchange.headers);
  const admission = crash.admit(request);
  if (admission === "hold") return;
  if (admission === "last") return sendLast(exchange, request, options);
  const faults = rules.faultsFor(request);
  if (await answeredByRule(exchange, request, faults, answered, options)) return;
  const response = await send(exchange, request, options);
  if (response === undefined) return;
  const lost = faults.find(({ kind }) => kind === "lose-answer");
  if (lost?.kind === "lose-answer") {
    // A watch has no end to wait for.
    if (request.watch) response.destroy();
    else await response.toArray();
    lost.onCarriedOut?.(request);
    if (lost.how === "reset") exchange.cut();
    return;
  }
  await pause(faults, "answerMs", exchange, options.clock);
  answered(response.statusCode ?? 0);
  if (request.watch && response.statusCode === 200) return pumpWatch(exchange, request, response, options);
  return pump(exchange, response);
}

/** True where the client has its answer, or is to get none. */
async function answeredByRule(
  exchange: Exchange,
  request: SeenRequest,
  faults: readonly Fault[],
  answered: Answered,
  { clock, crash }: HandlerOptions,
): Promise<boolean> {
  await pause(faults, "requestMs", exchange, clock);
  // While it was on its way, its sender may have crashed.
  if (exchange.signal.aborted || crash.crashed) return true;
  for (const fault of faults) {
    const given = fault.kind === "answer" ? statusAnswer(fault) : undefined;
    const recorded = fault.kind === "recorded" ? fault.recording.find(request) : undefined;
    const result = given ?? recorded;
    if (result === undefined) continue;
    answered(result.status);
    const retryAfter = fault.kind === "answer" ? fault.retryAfterSeconds : undefined;
    exchange.writeHead(result.status, {
      "content-type": result.contentType,
      "content-length": String(result.body.length),
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
    exchange.end(result.body);
    return true;
  }
  return false;
}

/** Undefined when the client gave up in the meantime. */
async function send(
  exchange: Exchange,
  { method, body }: SeenRequest,
  { upstream }: HandlerOptions,
): Promise<IncomingMessage | undefined> {
  const { headers, signal, head } = exchange;
  try {
    return await upstream.send({ method, url: head.url, headers, body, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Without the client's signal: that its connection ends must not take the write back. */
async function sendLast(exchange: Exchange, request: SeenRequest, options: HandlerOptions): Promise<void> {
  const { crash, upstream, onCrash } = options;
  onCrash();
  const { headers, head } = exchange;
  const response = await upstream.send({ method: request.method, url: head.url, headers, body: request.body });
  await response.toArray();
  crash.completed(request);
}

async function pump(exchange: Exchange, response: IncomingMessage): Promise<void> {
  exchange.writeHead(response.statusCode ?? 502, response.headers);
  for await (const bytes of response) await exchange.write(bytes as Buffer);
  exchange.end();
}

async function pumpWatch(
  exchange: Exchange,
  request: SeenRequest,
  response: IncomingMessage,
  { rules, clock, watches }: HandlerOptions,
): Promise<void> {
  let written: Promise<void> = Promise.resolve();
  const sink = {
    write: (line: Buffer | string): void => {
      written = exchange.write(line);
    },
    end: (): void => {
      exchange.end();
      response.destroy();
    },
    cut: (): void => {
      exchange.cut();
      response.destroy();
    },
  };
  exchange.writeHead(response.statusCode ?? 200, response.headers);
  const stream = new WatchStream({ request, rules, clock, sink });
  watches.add(stream);
  try {
    for await (const bytes of response) {
      stream.take(bytes as Buffer);
      await written;
    }
    stream.end();
  } catch {
    // The server, or the client by way of the signal, is gone.
    stream.cut();
  } finally {
    watches.delete(stream);
  }
}

async function pause(
  faults: readonly Fault[],
  which: "requestMs" | "answerMs",
  { signal }: Exchange,
  clock: Clock,
): Promise<void> {
  const ms = faults.reduce((sum, fault) => (fault.kind === "delay" ? sum + fault[which] : sum), 0);
  if (ms > 0) await sleep(clock, ms, signal);
}

function statusAnswer(fault: Extract<Fault, { readonly kind: "answer" }>): RecordedAnswer {
  const { status: code, reason, message, retryAfterSeconds } = fault;
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code, details };
  return { status: code, contentType: "application/json", body: Buffer.from(JSON.stringify(status)) };
}
