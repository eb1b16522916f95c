import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { WriteFence } from "./write-fence.ts";

/**
 * A socket that asks the fence each time, immediately before bytes go to the kernel, and breaks when it is refused.
 * HTTP/2 and TLS hold back what they are given until the end of the turn, and a process can be frozen in between, past
 * its lease: what it was allowed to send then, it may not send when it wakes up. What is left is a freeze between the
 * question and the system call, a few microseconds, which nobody but the server could see.
 *
 * Encryption reaches past a stream of JavaScript for the descriptor if it can, so that this is no Socket itself.
 */
export class FencedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #fence: WriteFence;

  constructor(socket: Socket, fence: WriteFence) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#fence = fence;
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    try {
      this.#fence.assertMayWrite();
    } catch (error) {
      done(error as Error);
      return;
    }
    this.#socket.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      if (index === chunks.length - 1) this.#socket.write(chunk, done);
      else this.#socket.write(chunk);
    }
    this.#socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // What the kernel holds of a connection that broke must not arrive later; one that ended has nothing left to send.
    if (error === null) this.#socket.destroy();
    else if (!this.#socket.destroyed) this.#socket.resetAndDestroy();
    done(error);
  }
}
