import type { Queryable, Statement } from "../kit/stores/postgres.ts";
import type { TraceContext } from "../kit/traces/context.ts";
import type { Publication } from "./publisher.ts";

/**
 * Milliseconds for which a task belongs to the server that took it to publish it. A server that dies meanwhile makes
 * the task that much late; one that lives has heard from the broker by then, or given up (see the publisher).
 */
export const claimLease = 5_000;

/** Milliseconds after which a publication that nobody took up is made again; doubled with each, up to 64 times. */
const republishAfter = 60_000;

/** Tasks claimed at once. */
export const batch = 100;

// All replicas race for what is due; SKIP LOCKED shares it out among them.
const takeDue: Statement = {
  name: "task-take-due",
  text: `UPDATE tasks SET status = 'queued', queued_at = clock_timestamp(), publications = publications + 1,
      dispatch_at = clock_timestamp() + $1 * interval '1 millisecond'
    FROM (
      SELECT id, dispatch_at AS due_at FROM tasks WHERE dispatch_at <= clock_timestamp()
      ORDER BY dispatch_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE tasks.id = due.id
    RETURNING tasks.id, tasks.correlation_id, tasks.traceparent, tasks.tracestate, tasks.publications, due.due_at::text,
      extract(epoch FROM clock_timestamp() - due.due_at) AS lateness`,
};

// A worker may have been faster, or the claim have run out: whatever has happened to the task since is left as it is.
const stillClaimed = `WHERE tasks.id = claim.id AND tasks.publications = claim.publication AND tasks.status = 'queued'`;

const confirm: Statement = {
  name: "task-confirm",
  text: `UPDATE tasks
    SET dispatch_at = clock_timestamp() + $3 * 2 ^ least(tasks.publications - 1, 6) * interval '1 millisecond'
    FROM unnest($1::uuid[], $2::integer[]) AS claim (id, publication) ${stillClaimed}`,
};

const release: Statement = {
  name: "task-release",
  text: `UPDATE tasks SET status = 'scheduled', dispatch_at = claim.due_at
    FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) AS claim (id, publication, due_at) ${stillClaimed}`,
};

const nextDue: Statement = {
  name: "task-next-due",
  text: `SELECT extract(epoch FROM dispatch_at - clock_timestamp()) * 1000 AS due_in
    FROM tasks WHERE dispatch_at IS NOT NULL ORDER BY dispatch_at LIMIT 1`,
};

/** A due task that this server, and no other, publishes now. */
export interface Claim extends Publication {
  /** Counts the publications of the task, and so tells this claim from later ones. */
  readonly publication: number;
  /** When it was due, as PostgreSQL writes it. */
  readonly dueAt: string;
  /** Seconds from that moment to the claim. */
  readonly lateness: number;
}

interface ClaimColumns {
  readonly id: string;
  readonly correlation_id: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly publications: number;
  readonly due_at: string;
  readonly lateness: string;
}

/**
 * What is due is claimed, then published, then confirmed, and no lock is held meanwhile: a slow broker would make
 * everybody wait who wants to cancel one of the tasks, and keep servers with a better connection from publishing them.
 */
export const claims = {
  /** At most a batch, those due first. */
  async take(db: Queryable): Promise<readonly Claim[]> {
    const rows = await db.query<ClaimColumns>(takeDue, [claimLease, batch]);
    return rows.map((row) => ({
      taskId: row.id,
      correlationId: row.correlation_id,
      trace: toTrace(row),
      publication: row.publications,
      dueAt: row.due_at,
      lateness: Number(row.lateness),
    }));
  },

  /** The broker has them. */
  async confirm(db: Queryable, published: readonly Claim[]): Promise<void> {
    await db.query(confirm, [...columnsOf(published), republishAfter]);
  },

  /** The broker may or may not have them: they are due as before, for any server. */
  async release(db: Queryable, unpublished: readonly Claim[]): Promise<void> {
    await db.query(release, [...columnsOf(unpublished), unpublished.map(({ dueAt }) => dueAt)]);
  },

  /** @returns milliseconds until the next task is due, of any server; undefined when there is none */
  async nextDue(db: Queryable): Promise<number | undefined> {
    const [next] = await db.query<{ due_in: string }>(nextDue, []);
    return next === undefined ? undefined : Math.ceil(Number(next.due_in));
  },
};

function toTrace({ traceparent, tracestate }: ClaimColumns): TraceContext | undefined {
  if (traceparent === null) return undefined;
  return tracestate === null ? { traceparent } : { traceparent, tracestate };
}

function columnsOf(claimed: readonly Claim[]): readonly unknown[] {
  return [claimed.map(({ taskId }) => taskId), claimed.map(({ publication }) => publication)];
}
