import {
  answer,
  changeEvents,
  delayEvents,
  duplicateEvents,
  type Fault,
  type FaultProxy,
  firstOfEachPath,
  loseAnswer,
  mergeEvents,
  type RequestMatch,
  slow,
  WATCHES,
  WRITES,
  withholdBookmarks,
} from "../faults/index.ts";
import type { SeededRandom } from "./random.ts";

/** A fault that is in force; `end` takes it away again. */
export interface Injected {
  end(): void | Promise<void>;
}

/** A kind of fault. */
export interface ChaosFault {
  readonly name: string;
  /** Milliseconds that it stays in force; 0 for one that happens at a moment. */
  readonly lastsMs: readonly [shortest: number, longest: number];
  /** While it is in force nobody can reach the API server: answers are due when it has ended. */
  readonly outage?: boolean;
  /** Time that the server asks to wait, which is no delay of the operator's. */
  readonly waitMs?: number;
  inject(proxy: FaultProxy, random: SeededRandom): Injected;
}

const MOMENT = [0, 0] as const;
const WHILE = [500, 2500] as const;
const OUTAGE = [300, 1500] as const;
const NOTHING: Injected = { end: () => undefined };

/** Every fault of the proxy that a real network and a real API server can have. */
export const CHAOS_FAULTS: readonly ChaosFault[] = [
  moment("connections reset", (proxy) => proxy.tcp.reset()),
  moment("connections half-open", (proxy) => proxy.tcp.blackhole()),
  moment("one connection half-open", (proxy, random) => {
    const links = proxy.tcp.connections();
    if (links.length > 0) random.pick(links).blackhole();
  }),
  moment("watches ended", (proxy) => proxy.watches.end()),
  moment("watches expired (event)", (proxy) => proxy.watches.expire()),
  moment("watches broken", (proxy) => proxy.watches.cut()),
  refused("watches expired (answer)", WATCHES, () => answer(410)),
  refused("reads 5xx", { methods: ["GET"] }, (random) => answer(random.pick([500, 502, 503, 504]))),
  refused("throttled, 0 s", {}, () => answer(429, { retryAfterSeconds: 0 })),
  { ...refused("throttled, 1 s", WATCHES, () => answer(429, { retryAfterSeconds: 1 })), waitMs: 1_000 },
  during("writes 5xx", (proxy, random) =>
    rule(proxy, WRITES, answer(random.pick([500, 502, 503, 504])), random.between(1, 4)),
  ),
  during("answers to writes lost", (proxy, random) => rule(proxy, WRITES, loseAnswer("reset"), random.between(1, 3))),
  during("slow answers", (proxy, random) => rule(proxy, {}, slow({ answerMs: random.between(10, 60) }))),
  during("far away", (proxy, random) => {
    proxy.tcp.latency(random.between(5, 25));
    return { end: () => proxy.tcp.latency(0) };
  }),
  during("thin line", (proxy, random) => {
    proxy.tcp.bandwidth(random.between(400_000, 2_000_000));
    return { end: () => proxy.tcp.bandwidth(Number.POSITIVE_INFINITY) };
  }),
  during("events merged", (proxy) => rule(proxy, {}, changeEvents(mergeEvents(200)))),
  during("events twice", (proxy) => rule(proxy, {}, changeEvents(duplicateEvents()))),
  during("events late", (proxy) => rule(proxy, {}, changeEvents(delayEvents(200)))),
  during("no bookmarks", (proxy) => rule(proxy, {}, changeEvents(withholdBookmarks))),
  outage("server away", (proxy) => {
    proxy.tcp.refuse();
    proxy.tcp.reset();
  }),
  outage("partition", (proxy) => proxy.tcp.blackhole({ newConnections: "blackhole" })),
];

type Act = (proxy: FaultProxy, random: SeededRandom) => unknown;

function moment(name: string, act: Act): ChaosFault {
  const inject: ChaosFault["inject"] = (proxy, random) => {
    act(proxy, random);
    return NOTHING;
  };
  return { name, lastsMs: MOMENT, inject };
}

function during(name: string, inject: ChaosFault["inject"]): ChaosFault {
  return { name, lastsMs: WHILE, inject };
}

function outage(name: string, act: Act): ChaosFault {
  const inject: ChaosFault["inject"] = (proxy, random) => {
    act(proxy, random);
    return { end: () => proxy.tcp.pass() };
  };
  return { name, lastsMs: OUTAGE, outage: true, inject };
}

/** Every watch has to be opened anew, and meets the fault once. */
function refused(name: string, match: RequestMatch, fault: (random: SeededRandom) => Fault): ChaosFault {
  return during(name, (proxy, random) => {
    const injected = rule(proxy, { ...match, where: firstOfEachPath() }, fault(random));
    proxy.watches.end();
    return injected;
  });
}

function rule(proxy: FaultProxy, match: RequestMatch, fault: Fault, times?: number): Injected {
  const active = proxy.rule({ match, fault, ...(times === undefined ? {} : { times }) });
  return { end: () => active.remove() };
}
