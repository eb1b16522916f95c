import { type FaultProxy, type RequestRecord, WRITES } from "../faults/index.ts";

/** Bookkeeping of the operator's own, beside what platforms consist of. */
const OWN = [
  /^\/apis\/coordination\.k8s\.io\/v1\/namespaces\/[^/]+\/leases(\/|$)/,
  /^\/apis\/events\.k8s\.io\/v1\/namespaces\/[^/]+\/events(\/|$)/,
  /^\/apis\/profileplatform\.io\/v1alpha1\/profileplatforms\/[^/]+\/status$/,
];

/** Looks through everything that the operator writes for what it has no business with. */
export class WriteWatch {
  readonly #proxy: Pick<FaultProxy, "requests">;
  readonly #known = new Set<string>();
  readonly #wrong = new Map<string, number>();
  #lastId = 0;

  constructor(proxy: Pick<FaultProxy, "requests">) {
    this.#proxy = proxy;
  }

  /** Paths of the children that platforms have, or had. */
  know(paths: readonly string[]): void {
    for (const path of paths) this.#known.add(path);
  }

  /** Takes in what was written since the last time. To be called at least every few thousand requests. */
  look(): void {
    const news = this.#proxy.requests({ ...WRITES, where: ({ id }) => id > this.#lastId });
    for (const request of news) {
      this.#lastId = request.id;
      if (this.#isWrong(request)) {
        const what = `${request.method} ${request.path}`;
        this.#wrong.set(what, (this.#wrong.get(what) ?? 0) + 1);
      }
    }
  }

  /** Method and path of what should not have been written, with how often it was. */
  get wrong(): ReadonlyMap<string, number> {
    return this.#wrong;
  }

  #isWrong({ path }: RequestRecord): boolean {
    return !this.#known.has(path) && !OWN.some((pattern) => pattern.test(path));
  }
}
