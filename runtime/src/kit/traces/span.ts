import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { errorCode } from "../errors.ts";

/** What a span tells beside its name. Attributes are named by OpenTelemetry's conventions where there is one. */
export interface Description {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** Makes spans once something is there to take them, and none before. */
const tracer = trace.getTracer("profile-platform");

/**
 * Does a part of what is being traced, as a span of its own. Outside of a trace, in one that is not recorded, and in one
 * whose span has ended, as that of a request has for what goes on in the background, it is simply done.
 *
 * @param describe called only if there is a span
 */
export function inSpan<T>(
  name: string,
  describe: () => Description,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isRecording()) return work(undefined);
  return within(startSpan(name, describe(), context.active()), work);
}

/** Whether `inSpan` would make a span here and now. */
export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Does something as a span that goes on with a trace from elsewhere, or begins one if the context has none. */
export function continueTrace<T>(
  name: string,
  description: Description,
  from: Context,
  work: () => Promise<T>,
): Promise<T> {
  return within(startSpan(name, description, from), work);
}

/** A span with the context in which what belongs to it has to be done; whoever starts it ends it. */
export interface Started {
  readonly span: Span;
  readonly context: Context;
}

export function startSpan(name: string, description: Description, parent: Context): Started {
  const span = tracer.startSpan(name, description, parent);
  return { span, context: trace.setSpan(parent, span) };
}

async function within<T>(started: Started, work: (span: Span) => Promise<T>): Promise<T> {
  const { span } = started;
  try {
    return await context.with(started.context, () => work(span));
  } catch (thrown) {
    noteFailure(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

/** As `noteFailure`, of the span that something is being done as. */
export function noteFailureHere(failure: unknown): void {
  const span = trace.getActiveSpan();
  if (span !== undefined) noteFailure(span, failure);
}

/**
 * Has a span tell that it failed, and of what kind the failure is. Nothing else is told of it: messages and stacks of
 * errors quote what they are about, such as the value that a statement refused. The log has them, under the trace's id.
 */
export function noteFailure(span: Span, failure: unknown): void {
  span.setAttribute("error.type", kindOf(failure));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Names of classes, and codes of Node.js, PostgreSQL and this project. */
const acceptableKind = /^[\w-]{1,64}$/;

function kindOf(failure: unknown): string {
  const kinds = [errorCode(failure), failure instanceof Error ? failure.name : undefined];
  return kinds.find((kind) => kind !== undefined && acceptableKind.test(kind)) ?? "_OTHER";
}
