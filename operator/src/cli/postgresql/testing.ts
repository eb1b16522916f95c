import type { Member } from "./members.ts";

/** A replica that streams, unless more is said. */
export function replica(name: string, more: Partial<Member> = {}): Member {
  return {
    name,
    isPrimary: false,
    isSynchronous: true,
    state: "streaming",
    timeline: 1,
    lag: 0,
    isRestartPending: false,
    ...more,
  };
}

/** A primary that runs, unless more is said. */
export function primary(name: string, more: Partial<Member> = {}): Member {
  return replica(name, { isPrimary: true, isSynchronous: false, state: "running", lag: undefined, ...more });
}
