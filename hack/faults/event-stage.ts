import type { Clock } from "@profile-platform/operator/engine/kit/clock";

/** An event of a watch as the API server sends it. */
export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly kind?: string;
    readonly metadata?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
    readonly [field: string]: unknown;
  };
}

/** What happens to the events of one watch between the server and the client. Order is kept, always. */
export interface EventStage {
  take(event: WatchEvent): void;
  /** Hands on what it holds back: its rule is gone. */
  flush(): void;
}

export interface EventStageContext {
  readonly emit: (event: WatchEvent) => void;
  readonly clock: Clock;
}

/** Makes the stage of one watch. */
export type EventStageFactory = (context: EventStageContext) => EventStage;

type EventTest = (event: WatchEvent) => boolean;

/** Events of objects: all but bookmarks and errors. */
export const isObjectEvent: EventTest = ({ type }) => type === "ADDED" || type === "MODIFIED" || type === "DELETED";
export const isBookmark: EventTest = ({ type }) => type === "BOOKMARK";

/** Loses events, as no API server does: how a bug in a watch cache would look. `onDrop` is told of each. */
export function dropEvents(which: EventTest = isObjectEvent, onDrop?: (event: WatchEvent) => void): EventStageFactory {
  return stateless(({ emit }, event) => {
    if (which(event)) onDrop?.(event);
    else emit(event);
  });
}

export const withholdBookmarks: EventStageFactory = dropEvents(isBookmark);

/** Sends events twice, one right after the other. */
export function duplicateEvents(which: EventTest = isObjectEvent): EventStageFactory {
  return stateless(({ emit }, event) => {
    emit(event);
    if (which(event)) emit(event);
  });
}

/** Each event comes this much later. */
export function delayEvents(ms: number): EventStageFactory {
  return ({ emit, clock }) => {
    const queue: WatchEvent[] = [];
    const cancels: (() => void)[] = [];
    const emitNext = (): void => {
      cancels.shift();
      const next = queue.shift();
      if (next !== undefined) emit(next);
    };
    return {
      take: (event) => {
        queue.push(event);
        if (Number.isFinite(ms)) cancels.push(clock.schedule(emitNext, ms));
      },
      flush: () => {
        for (const cancel of cancels.splice(0)) cancel();
        for (const event of queue.splice(0)) emit(event);
      },
    };
  };
}

/** Nothing comes any more, until the rule is removed. */
export const holdEvents: EventStageFactory = delayEvents(Number.POSITIVE_INFINITY);

/**
 * Collects events for a while and sends only what is left of each object, as a client sees that was away and listed:
 * several changes become one, a deletion with a new creation becomes a change, and what came and went is not told.
 */
export function mergeEvents(windowMs: number): EventStageFactory {
  return ({ emit, clock }) => {
    let held: WatchEvent[] = [];
    let cancel: (() => void) | undefined;
    const flush = (): void => {
      cancel?.();
      cancel = undefined;
      const merged = mergedEvents(held);
      held = [];
      for (const event of merged) emit(event);
    };
    return {
      take: (event) => {
        held.push(event);
        cancel ??= clock.schedule(flush, windowMs);
      },
      flush,
    };
  };
}

/** One event an object at most, at the place of its last one. */
export function mergedEvents(events: readonly WatchEvent[]): readonly WatchEvent[] {
  const merged = new Map<string, WatchEvent | undefined>();
  for (const event of events) {
    const key = isObjectEvent(event) ? objectKey(event) : event.type;
    const known = merged.has(key);
    const result = isObjectEvent(event) && known ? merge(merged.get(key), event) : event;
    merged.delete(key);
    merged.set(key, result);
  }
  return [...merged.values()].filter((event) => event !== undefined);
}

/** `before` undefined: the client knows of no such object. */
function merge(before: WatchEvent | undefined, event: WatchEvent): WatchEvent | undefined {
  const unknown = before === undefined || before.type === "ADDED";
  if (event.type === "DELETED") return unknown ? undefined : event;
  return { ...event, type: unknown ? "ADDED" : "MODIFIED" };
}

function objectKey({ object: { metadata } }: WatchEvent): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

function stateless(take: (context: EventStageContext, event: WatchEvent) => void): EventStageFactory {
  return (context) => ({ take: (event) => take(context, event), flush: () => undefined });
}
