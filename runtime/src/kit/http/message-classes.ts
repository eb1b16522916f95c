import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import type { Express } from "express";

/** What a server makes of each request that arrives. */
export interface MessageClasses {
  readonly IncomingMessage?: typeof IncomingMessage;
  readonly ServerResponse?: typeof ServerResponse;
}

const made = new WeakMap<RequestListener, MessageClasses>();

/**
 * Has an application's requests and responses be born with what express adds to them. Otherwise express changes the
 * prototype of each when it arrives, after which the engine knows nothing of its shape any more.
 */
export function makeMessageClasses(app: Express): void {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  made.set(app, { IncomingMessage: AppRequest, ServerResponse: AppResponse });
}

/** For the server that an application listens with; none, which are Node.js' own, for another listener. */
export function messageClassesOf(app: RequestListener): MessageClasses {
  return made.get(app) ?? {};
}
