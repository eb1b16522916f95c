/** Lets one operation run at a time; others wait in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the operation does. */
  async take<T>(operation: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(operation);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
