/** An instance of PostgreSQL as Patroni knows it. Its name is that of its pod. */
export interface Member {
  readonly name: string;
  /** Whether it has Patroni's lock. */
  readonly isPrimary: boolean;
  /** Whether it has what was acknowledged: one of the replicas that commits wait for. */
  readonly isSynchronous: boolean;
  /** In Patroni's words, such as `running`, `streaming`, `creating replica`. */
  readonly state: string;
  /** Undefined while it does not tell. */
  readonly timeline: number | undefined;
  /** MB of the log that it has not received; undefined while nobody knows. */
  readonly lag: number | undefined;
  /** Whether settings wait for its restart. */
  readonly isRestartPending: boolean;
}

/** A row of `patronictl list --format json`, whose columns have the titles of its table. */
interface Row {
  readonly Member: string;
  readonly Role: string;
  readonly State: string;
  readonly TL?: unknown;
  readonly "Lag in MB"?: unknown;
  readonly "Pending restart"?: unknown;
}

const PRIMARY_ROLES = new Set(["Leader", "Standby Leader"]);
const SYNCHRONOUS_ROLES = new Set(["Sync Standby", "Quorum Standby"]);

/** @throws Error when it is not what `patronictl list --format json` prints */
export function parseMembers(text: string): readonly Member[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw new Error(`patronictl listed no members: ${text.trim()}`, { cause });
  }
  if (!Array.isArray(rows)) throw new Error(`patronictl listed no members: ${text.trim()}`);
  return (rows as readonly Row[]).map(toMember).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function toMember(row: Row): Member {
  return {
    name: row.Member,
    isPrimary: PRIMARY_ROLES.has(row.Role),
    isSynchronous: SYNCHRONOUS_ROLES.has(row.Role),
    state: row.State,
    timeline: numberOf(row.TL),
    lag: numberOf(row["Lag in MB"]),
    isRestartPending: row["Pending restart"] === "*",
  };
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The one that has the lock and runs. */
export function primaryOf(members: readonly Member[]): Member | undefined {
  return members.find(({ isPrimary, state }) => isPrimary && state === "running");
}

export function isStreaming({ isPrimary, state }: Member): boolean {
  return !isPrimary && state === "streaming";
}

/** Names in a sentence: `a, b`; `none` for none. */
export function named(members: readonly Member[]): string {
  return members.length === 0 ? "none" : members.map(({ name }) => name).join(", ");
}
