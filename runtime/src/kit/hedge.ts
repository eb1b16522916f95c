export interface HedgeOptions {
  /** How often the work is begun at most. */
  readonly times: number;
  /** Milliseconds after which it is begun once more, beside what has not ended yet. */
  readonly after: number;
}

/**
 * Begins the same work several times, and takes what succeeds first: for what is answered at once or not at all, such as
 * a first packet that is lost. What is too late goes on by itself.
 *
 * @throws what the latest threw, as soon as all that were begun have failed
 */
export function hedge<T>(work: () => Promise<T>, { times, after }: HedgeOptions): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let timer: NodeJS.Timeout | undefined;
  let begun = 0;
  let underWay = 0;
  const begin = (): void => {
    begun += 1;
    underWay += 1;
    if (begun < times) timer = setTimeout(begin, after);
    work().then(succeed, fail);
  };
  const succeed = (result: T): void => {
    clearTimeout(timer);
    begun = times;
    resolve(result);
  };
  const fail = (thrown: unknown): void => {
    underWay -= 1;
    if (underWay > 0) return;
    clearTimeout(timer);
    reject(thrown);
  };
  begin();
  return promise;
}
