interface Flight<T> {
  readonly underWay: Promise<T>;
  /** What all share who ask while it is under way. */
  next: Promise<T> | undefined;
}

/**
 * One call for a key at a time. Whoever asks while one is under way shares the next one with all others who do: what
 * they are answered was begun after they had asked, and so shows whatever had been acknowledged by then. The call under
 * way may have found out its answer before.
 */
export class SingleFlight<Key, T> {
  readonly #flights = new Map<Key, Flight<T>>();

  /**
   * @param call makes the call if this is who begins it; the same for all who ask for the key
   * @throws what the call throws, to all who share it
   */
  run(key: Key, call: () => Promise<T>): Promise<T> {
    const flight = this.#flights.get(key);
    if (flight === undefined) return this.#begin(key, call);
    const begin = (): Promise<T> => this.#begin(key, call);
    flight.next ??= flight.underWay.then(begin, begin);
    return flight.next;
  }

  #begin(key: Key, call: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { underWay: call(), next: undefined };
    this.#flights.set(key, flight);
    const land = (): void => {
      // The next one takes its place, and those who ask until then share that.
      if (flight.next === undefined) this.#flights.delete(key);
    };
    flight.underWay.then(land, land);
    return flight.underWay;
  }
}
