import { z } from "zod";
import { type Problem, problemDetails } from "../kit/http/problem.ts";
import { decodeCursor, encodeCursor, longestCursor } from "./cursor.ts";
import { eventSchema, eventText } from "./event.ts";
import { type Filters, filters } from "./filter.ts";
import type { Position } from "./position.ts";
import { type LossReason, lossReasons, type PlacedEvent } from "./record.ts";

/** Events in one message, at most. */
export const eventsPerMessage = 100;

/** A cursor as a client sends it. */
export const givenCursor = z
  .string()
  .max(longestCursor, "is longer than any cursor: send one as it was received")
  .refine((text) => decodeCursor(text) !== undefined, {
    error: "is not a cursor: send one as it was received, or leave it out to begin now",
  });

const subscribeMessage = z.strictObject({
  type: z.literal("subscribe"),
  filters: filters.optional().meta({ description: "Which events; all when absent." }),
  cursor: givenCursor.optional().meta({
    description: "Of the last event that was received; without it, events from now on, or from where the stream is.",
  }),
});

const unsubscribeMessage = z.strictObject({ type: z.literal("unsubscribe") });

/** What clients send. */
export const clientMessage = z.discriminatedUnion("type", [subscribeMessage, unsubscribeMessage], {
  error: (issue) =>
    issue.code === "invalid_union" ? 'must be "subscribe" or "unsubscribe"' : "must be an object with a type",
});
export type ClientMessage = z.infer<typeof clientMessage>;

const cursor = z.string().meta({ description: "Where the stream is." });

/** What the server sends. */
export const serverMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("subscribed"), cursor, filters }),
  z.object({ type: z.literal("unsubscribed"), cursor }),
  z.object({ type: z.literal("events"), events: z.array(eventSchema) }),
  z.object({ type: z.literal("cursor"), cursor }),
  z.object({
    type: z.literal("resync"),
    reason: z.enum(lossReasons),
    detail: z.string().meta({ description: "What happened, and what to do." }),
    cursor,
  }),
  z.object({ type: z.literal("problem"), problem: problemDetails }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;

export function subscribedText(position: Position, wanted: Filters): string {
  return JSON.stringify({ type: "subscribed", cursor: encodeCursor(position), filters: wanted });
}

export function unsubscribedText(position: Position): string {
  return JSON.stringify({ type: "unsubscribed", cursor: encodeCursor(position) });
}

export function cursorText(position: Position): string {
  return JSON.stringify({ type: "cursor", cursor: encodeCursor(position) });
}

const whatToDo = "Read anew what you show; the stream goes on from this cursor.";

const losses: Readonly<Record<LossReason, string>> = {
  "cursor-too-old": "Events after the cursor have been removed: they are kept for a limited time.",
  "history-changed":
    "The database was taken over by a standby, or restored: what was told last may not have come to stay.",
  "cursor-unknown": "The cursor leads beyond what has happened in this database.",
};

export function resyncText(reason: LossReason, position: Position): string {
  const detail = `${losses[reason]} ${whatToDo}`;
  return JSON.stringify({ type: "resync", reason, detail, cursor: encodeCursor(position) });
}

export function problemText({ details }: Problem): string {
  return JSON.stringify({ type: "problem", problem: details });
}

/** Messages with events, in order, each with its bytes and how many it has. */
export function eventMessages(
  events: readonly PlacedEvent[],
  textOf: (event: PlacedEvent) => string = placedText,
): readonly EventsMessage[] {
  const messages: EventsMessage[] = [];
  for (let index = 0; index < events.length; index += eventsPerMessage) {
    const part = events.slice(index, index + eventsPerMessage);
    const bytes = Buffer.from(`{"type":"events","events":[${part.map(textOf).join(",")}]}`);
    messages.push({ bytes, position: part.at(-1)?.position });
  }
  return messages;
}

export interface EventsMessage {
  readonly bytes: Buffer;
  /** Where a client stands that has received it. */
  readonly position: Position | undefined;
}

export function placedText({ event, position }: PlacedEvent): string {
  return eventText(event, encodeCursor(position));
}
