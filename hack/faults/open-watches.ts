import { matches, type RequestMatch, type SeenRequest } from "./seen-request.ts";
import type { WatchStream } from "./watch-stream.ts";

/** The watches that a client holds open now. Each act returns how many it concerned. */
export class OpenWatches {
  readonly #streams = new Set<WatchStream>();

  add(stream: WatchStream): void {
    this.#streams.add(stream);
  }

  delete(stream: WatchStream): void {
    this.#streams.delete(stream);
  }

  list(match: RequestMatch = {}): readonly SeenRequest[] {
    return this.#find(match).map(({ request }) => request);
  }

  /** Ends them as the server does when their time is up. */
  end(match: RequestMatch = {}): number {
    return this.#each(match, (stream) => stream.end());
  }

  /** Ends them with an ERROR event that says 410: what they were watching from is too old. */
  expire(match: RequestMatch = {}): number {
    return this.#each(match, (stream) => stream.expire());
  }

  /** Ends them as a broken connection does, each stream alone. */
  cut(match: RequestMatch = {}): number {
    return this.#each(match, (stream) => stream.cut());
  }

  #each(match: RequestMatch, act: (stream: WatchStream) => void): number {
    const found = this.#find(match);
    for (const stream of found) act(stream);
    return found.length;
  }

  #find(match: RequestMatch): readonly WatchStream[] {
    return [...this.#streams].filter(({ request }) => matches(match, request));
  }
}
