import { commonProblems, type Operation } from "../openapi/operation.ts";
import { requestHeaders } from "../openapi/request-headers.ts";
import { eventSchema } from "./event.ts";
import { clientMessage, serverMessage } from "./messages.ts";
import { streamQuery } from "./router.ts";

/** OpenAPI has no words for what is said on a WebSocket, but can name the messages. */
export const eventSchemas = {
  Event: eventSchema,
  EventStreamRequest: clientMessage,
  EventStreamMessage: serverMessage,
};

export const eventOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/ws",
    id: "streamEvents",
    tag: "events",
    summary: "Tells changes of profiles and tasks as they happen",
    access: "viewer",
    description:
      "A WebSocket. The client sends `EventStreamRequest`, the server `EventStreamMessage`, as JSON in text messages. A client that cannot set headers offers the protocols `profile-platform.events.v1` and `bearer.` followed by the token.",
    query: streamQuery,
    headers: requestHeaders,
    answers: { 101: { description: "The connection speaks WebSocket from here on." } },
    problems: ["bad-request", "origin-not-allowed", "upgrade-required", ...commonProblems],
  },
];
