import type { Redis } from "ioredis";
import { TracedRedis } from "./redis-spans.ts";

/**
 * Sends the commands of one turn of the event loop together. To hand a command to the kernel takes longer than to make
 * it, and where there is much to do one turn has commands of many requests.
 */
export class BatchedRedis extends TracedRedis {
  /** The connection that is held back until the end of the turn. */
  #held: Redis["stream"] | undefined;

  override sendCommand(...[command, stream]: Parameters<Redis["sendCommand"]>): unknown {
    this.#hold();
    return super.sendCommand(command, stream);
  }

  #hold(): void {
    // There is none before the first connection, whatever the driver's types say, and another one after each.
    const link = this.stream as Redis["stream"] | undefined;
    if (link === undefined || link === this.#held) return;
    this.#held = link;
    link.cork();
    setImmediate(() => {
      if (this.#held === link) this.#held = undefined;
      link.uncork();
    });
  }
}
