import { type IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { outsideTraces } from "../traces/context.ts";

/** A connection that its client wants to use for another protocol. */
export interface Upgrade {
  /** Gives the connection away; nothing may be answered after that. */
  accept(take: (socket: Duplex, head: Buffer) => void): void;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** Whether a request asks for a WebSocket. Others, for HTTP/2 say, are answered as if they had not asked. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** What a request wants its connection to become; undefined for a usual one. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return upgrades.get(request);
}

/**
 * Has an application answer requests for WebSockets as it answers others: a handler may accept the upgrade; whatever
 * else is answered ends the connection.
 */
export function answerUpgrades(app: RequestListener): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    // Nobody else listens for what goes wrong on it.
    const giveUp = (): void => void socket.destroy();
    socket.on("error", giveUp);
    if (!(socket instanceof Socket)) return giveUp();
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.end());
    upgrades.set(request, {
      accept(take) {
        response.detachSocket(socket);
        response.statusCode = 101;
        socket.off("error", giveUp);
        outsideTraces(() => take(socket, head));
        response.emit("close");
      },
    });
    app(request, response);
  };
}
