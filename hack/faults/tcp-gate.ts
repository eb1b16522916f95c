import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "@profile-platform/operator/engine/kit/clock";
import { type LineConditions, PERFECT } from "./delay-line.ts";
import { TcpLink } from "./tcp-link.ts";

/** What becomes of connections that are opened from now on. */
export type NewConnections = "pass" | "blackhole" | "refuse";

/** Faults of connections, known to nobody above TCP. */
export interface TcpFaults {
  /** Connections that stand, oldest first; each can be reset or be put into a black hole alone. */
  connections(): readonly TcpLink[];
  /** Resets every connection (RST); new ones pass. Returns how many there were. */
  reset(): number;
  /**
   * Forwards no byte on any connection from now on, in neither direction, and no end. New connections pass unless told
   * otherwise. Returns how many connections there were.
   */
  blackhole(options?: { readonly newConnections?: "pass" | "blackhole" }): number;
  /** Refuses new connections (ECONNREFUSED); those that stand are not touched. */
  refuse(): void;
  /** Everything passes again; what a black hole held back arrives. */
  pass(): Promise<void>;
  /** Milliseconds that each byte is on its way, in each direction. */
  latency(ms: number): void;
  /** Of each connection and direction. */
  bandwidth(bytesPerSecond: number): void;
}

export interface TcpGateOptions {
  readonly clock: Clock;
  /** Unix socket of the server behind it. */
  readonly target: string;
}

/** Listens on a free port of 127.0.0.1 and forwards bytes. */
export class TcpGate implements TcpFaults {
  readonly #options: TcpGateOptions;
  readonly #listener: Server;
  readonly #links = new Map<number, TcpLink>();
  #port = 0;
  #opened = 0;
  #newConnections: NewConnections = "pass";
  #conditions: LineConditions = PERFECT;

  private constructor(options: TcpGateOptions) {
    this.#options = options;
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  static async start(options: TcpGateOptions): Promise<TcpGate> {
    const gate = new TcpGate(options);
    await gate.#listen();
    return gate;
  }

  get port(): number {
    return this.#port;
  }

  connections(): readonly TcpLink[] {
    return [...this.#links.values()];
  }

  reset(): number {
    const links = this.connections();
    for (const link of links) link.reset();
    return links.length;
  }

  blackhole({ newConnections = "pass" }: { readonly newConnections?: "pass" | "blackhole" } = {}): number {
    this.#newConnections = newConnections;
    const links = this.connections();
    for (const link of links) link.blackhole();
    return links.length;
  }

  refuse(): void {
    this.#newConnections = "refuse";
    this.#listener.close();
  }

  async pass(): Promise<void> {
    this.#newConnections = "pass";
    for (const link of this.connections()) link.pass();
    if (!this.#listener.listening) await this.#listen();
  }

  latency(latencyMs: number): void {
    this.#setConditions({ ...this.#conditions, latencyMs });
  }

  bandwidth(bytesPerSecond: number): void {
    this.#setConditions({ ...this.#conditions, bytesPerSecond });
  }

  stop(): void {
    this.#listener.close();
    this.reset();
  }

  #setConditions(conditions: LineConditions): void {
    this.#conditions = conditions;
    for (const link of this.connections()) link.setConditions(conditions);
  }

  #accept(client: Socket): void {
    const server = createConnection({ path: this.#options.target, allowHalfOpen: true });
    const id = ++this.#opened;
    const onClose = (): boolean => this.#links.delete(id);
    const link = new TcpLink({ id, clock: this.#options.clock, client, server, onClose });
    link.setConditions(this.#conditions);
    this.#links.set(id, link);
    if (this.#newConnections === "blackhole") link.blackhole();
    // One that the kernel had accepted before the listener was closed.
    if (this.#newConnections === "refuse") link.reset();
  }

  /** The same port each time, as clients know it. */
  #listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const failed = (cause: Error): void => reject(new Error(`while listening on 127.0.0.1:${this.#port}`, { cause }));
    this.#listener.once("error", failed);
    this.#listener.listen(this.#port, "127.0.0.1", () => {
      this.#listener.off("error", failed);
      this.#port = (this.#listener.address() as { readonly port: number }).port;
      resolve();
    });
    return promise;
  }
}
