import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { until } from "./instance.ts";

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly unknown[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** A span as a collector gets it, with its attributes and those of its service as plain objects. */
export interface ReceivedSpan extends Omit<OtlpSpan, "attributes"> {
  readonly service: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of OTLP over HTTP, as far as services see one. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Every request as it came, uncompressed. */
  readonly texts: readonly string[];
  readonly headers: readonly IncomingMessage["headers"][];
  /** What it does with the next requests: `hold` leaves them without an answer. */
  mode: "take" | "refuse" | "hold";
  /** Waits for spans of a trace, until there are some for which the condition holds. */
  trace(traceId: string, complete: (spans: readonly ReceivedSpan[]) => boolean): Promise<readonly ReceivedSpan[]>;
  close(): Promise<void>;
}

export async function startCollector(port = 0): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const texts: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => void receive(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { mode } = collector;
    const text = await bodyOf(request);
    if (mode === "hold") return;
    if (mode === "refuse") return void response.writeHead(400).end();
    texts.push(text);
    headers.push(request.headers);
    if (request.url === "/v1/traces") spans.push(...spansOf(JSON.parse(text) as OtlpRequest));
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  }

  const collector: Collector = {
    url: `http://127.0.0.1:${portOf(server)}`,
    spans,
    texts,
    headers,
    mode: "take",
    trace: (traceId, complete) =>
      until(`the spans of trace ${traceId}`, async () => {
        const found = spans.filter((span) => span.traceId === traceId);
        return complete(found) ? found : undefined;
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return collector;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("a server that listens has no port");
  return address.port;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return String(request.headers["content-encoding"] === "gzip" ? await promisify(gunzip)(body) : body);
}

function spansOf({ resourceSpans }: OtlpRequest): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        ...span,
        service: toRecord(resource.attributes),
        attributes: toRecord(span.attributes ?? []),
      })),
    ),
  );
}

function toRecord(attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value;
      return [key, stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue) : Number(intValue))];
    }),
  );
}
