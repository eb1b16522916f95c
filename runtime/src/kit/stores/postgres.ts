import { type Attributes, SpanKind } from "@opentelemetry/api";
import { type ClientBase, type ClientConfig, DatabaseError, Pool, type PoolClient, type QueryResultRow } from "pg";
import type { Breaker, Call } from "../breaker.ts";
import { errorCode, NotAttemptedError, reasonOf, SaturatedError, UnavailableError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { TimeoutError } from "../retry.ts";
import { outsideTraces } from "../traces/context.ts";
import { inSpan } from "../traces/span.ts";
import type { QueryTimes } from "./postgres-metrics.ts";

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections kept at most. */
  readonly maximum: number;
  /** Milliseconds that a statement may take; 4 s when absent. */
  readonly longestStatement?: number;
}

export interface PostgresOptions {
  /**
   * Refuses statements at once while the database cannot be used, and has the pool begin anew when it opens; absent for
   * what must find that out.
   */
  readonly breaker?: Breaker;
  /** Takes how long each statement took. */
  readonly times?: QueryTimes;
}

/** A statement. A name is unique to the text, and has each connection parse and plan it once. */
export interface Statement {
  /** Absent for one of many texts, or where the best plan depends on the values. */
  readonly name?: string;
  /** What traces and metrics call it if it has no name: one of few. */
  readonly summary?: string;
  readonly text: string;
}

/** Runs statements, inside a transaction or outside of one. */
export interface Queryable {
  query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
}

/** Milliseconds. A statement is cancelled by the server before the client gives up on the connection. */
const limits = { connect: 3_000, statement: 4_000, answer: 1_000, idleInTransaction: 10_000, idle: 30_000 };

/** Above this many callers waiting for a connection the next is refused: a queue that only grows helps nobody. */
const longestQueue = 500;

export function clientSettings(settings: Omit<PostgresSettings, "maximum">): ClientConfig {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    application_name: settings.applicationName,
    connectionTimeoutMillis: limits.connect,
    statement_timeout: settings.longestStatement ?? limits.statement,
    query_timeout: (settings.longestStatement ?? limits.statement) + limits.answer,
    idle_in_transaction_session_timeout: limits.idleInTransaction,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  };
}

/**
 * A bounded pool of connections to one server. Every failure to reach the database surfaces as an UnavailableError;
 * what the database says of a statement surfaces as the driver's DatabaseError.
 */
export class Postgres implements Queryable {
  readonly #settings: PostgresSettings;
  readonly #attributes: Attributes;
  readonly #log: Logger;
  readonly #breaker: Breaker | undefined;
  readonly #times: QueryTimes | undefined;
  readonly #retired = new Set<Promise<void>>();
  /** When each that waits for a connection began to, in their order. */
  readonly #waiting = new Set<{ readonly since: number }>();
  #pool: Pool;

  constructor(settings: PostgresSettings, log: Logger, { breaker, times }: PostgresOptions = {}) {
    this.#settings = settings;
    this.#attributes = attributesOf(settings);
    this.#log = log;
    this.#breaker = breaker;
    this.#times = times;
    this.#pool = createPool(settings, log);
    breaker?.onOpen(() => this.renew());
  }

  get connections(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** For how many milliseconds the one that has waited for a connection longest has. */
  get longestWait(): number {
    const [first] = this.#waiting;
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /**
   * Begins with new connections. After an outage the old ones may lead to a machine that is gone, which each of them
   * would find out by a time limit. What is under way on them goes on.
   */
  renew(): void {
    const old = this.#pool;
    this.#pool = createPool(this.#settings, this.#log);
    // Who still waits for an old connection keeps nobody else waiting.
    this.#waiting.clear();
    const ended = old.end().finally(() => this.#retired.delete(ended));
    this.#retired.add(ended);
  }

  /** One statement on its own, committed when the promise resolves. */
  async query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#withClient((client) => queryOn(client, this.#attributes, this.#times).query<Row>(statement, values));
  }

  /** As `query`, for statements without effect: tried once more when the connection broke. */
  async read<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await this.query<Row>(statement, values);
    } catch (err) {
      if (!(err instanceof UnavailableError) || err instanceof NotAttemptedError) throw err;
      return this.query<Row>(statement, values);
    }
  }

  /** Several statements on one connection, each on its own. */
  async session<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
    return this.#withClient((client) => work(queryOn(client, {}, this.#times)));
  }

  /** Commits when `work` resolves, rolls back when it rejects. */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    return this.#withClient(async (client) => {
      const transaction = queryOn(client, this.#attributes, this.#times);
      await transaction.query(begin, []);
      try {
        const result = await work(transaction);
        await transaction.query(commit, []);
        return result;
      } catch (err) {
        // A connection that cannot even roll back is discarded below, which rolls back on the server.
        if (!breaksConnection(err)) await transaction.query(rollback, []);
        throw err;
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), ...this.#retired]);
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#breaker === undefined) return this.#onClient(work, { cutOff: false });
    return this.#breaker.run((call) => this.#onClient(work, call));
  }

  async #onClient<T>(work: (client: PoolClient) => Promise<T>, call: Call): Promise<T> {
    const client = await this.#connect();
    if (call.cutOff) {
      client.release();
      throw new NotAttemptedError("postgresql", "the caller was told before a connection came free");
    }
    let broken = false;
    try {
      return await work(client);
    } catch (err) {
      broken = breaksConnection(err);
      throw toCallerError(err);
    } finally {
      // pool.query would discard the connection after any error, a refused duplicate included.
      client.release(broken);
    }
  }

  async #connect(): Promise<PoolClient> {
    const pool = this.#pool;
    if (pool.waitingCount >= longestQueue) {
      throw new SaturatedError("postgresql", `more than ${longestQueue} requests wait for a database connection`);
    }
    const waiting = { since: performance.now() };
    this.#waiting.add(waiting);
    try {
      if (pool.idleCount > 0) return await pool.connect();
      const describe = () => ({ kind: SpanKind.INTERNAL, attributes: this.#attributes });
      return await inSpan("wait for a connection", describe, () => outsideTraces(() => pool.connect()));
    } catch (cause) {
      if (cause instanceof Error && cause.message === waitedInVain) {
        throw new SaturatedError("postgresql", "no database connection came free in time", { cause });
      }
      throw new UnavailableError("postgresql", "while connecting to PostgreSQL", { cause });
    } finally {
      this.#waiting.delete(waiting);
    }
  }
}

const begin: Statement = { text: "BEGIN", summary: "BEGIN" };
const commit: Statement = { text: "COMMIT", summary: "COMMIT" };
const rollback: Statement = { text: "ROLLBACK", summary: "ROLLBACK" };

/** What spans tell of a database. */
function attributesOf({ host, port, database }: PostgresSettings): Attributes {
  return {
    "db.system.name": "postgresql",
    "db.namespace": database,
    "server.address": host,
    "server.port": port,
  };
}

/** The message of pg-pool when all connections were in use by others for too long. */
const waitedInVain = "timeout exceeded when trying to connect";

function createPool(settings: PostgresSettings, log: Logger): Pool {
  const pool = new Pool({
    ...clientSettings(settings),
    max: settings.maximum,
    idleTimeoutMillis: limits.idle,
    // A replica promoted meanwhile, or an address behind which the primary moved, is picked up within this time.
    maxLifetimeSeconds: 600,
  });
  // An idle connection that breaks is reported by the pool, a connection in use by the client. Without a listener
  // either one ends the process.
  pool.on("error", (err) => log.warn({ reason: reasonOf(err) }, "an idle PostgreSQL connection broke"));
  pool.on("connect", (client) => {
    client.on("error", (err) => log.warn({ reason: reasonOf(err) }, "a PostgreSQL connection broke"));
  });
  return pool;
}

/**
 * Statements on one connection, as they are: without a pool, a retry or a breaker. Spans have their names, never their
 * values, and not their texts either.
 *
 * @param attributes what spans tell of the database
 * @param times takes how long each statement took
 */
export function queryOn(client: ClientBase, attributes: Attributes = {}, times?: QueryTimes): Queryable {
  return {
    query<Row extends QueryResultRow>(
      { name, summary = name ?? "unnamed", text }: Statement,
      values: readonly unknown[],
    ) {
      const describe = () => ({ kind: SpanKind.CLIENT, attributes: { ...attributes, "db.query.summary": summary } });
      return inSpan(summary, describe, async (span) => {
        const sentAt = performance.now();
        try {
          const query = { ...(name === undefined ? {} : { name }), text, values: [...values] };
          const { rows } = await client.query<Row>(query);
          times?.note(summary, "success", performance.now() - sentAt);
          span?.setAttribute("db.response.returned_rows", rows.length);
          return rows;
        } catch (err) {
          times?.note(summary, breaksConnection(err) ? "lost" : "refused", performance.now() - sentAt);
          if (err instanceof DatabaseError && err.code !== undefined) {
            span?.setAttribute("db.response.status_code", err.code);
          }
          throw err;
        }
      });
    },
  };
}

/** What callers are to see of an error on a connection: that the database is away, if the connection is of no more use. */
export function toCallerError(err: unknown): unknown {
  if (!breaksConnection(err)) return err;
  return new UnavailableError("postgresql", "while talking to PostgreSQL", { cause: err });
}

/**
 * Whether the connection cannot be used after this error. Of what the server says that is: connection exceptions (08),
 * shutdown and crash (57P), and a read-only transaction (25006), which is how a demoted primary answers.
 */
export function breaksConnection(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  // The answer that was not waited for would be taken for that of the next statement.
  if (thrown instanceof TimeoutError) return true;
  if (!(thrown instanceof DatabaseError)) return isTransportError(thrown);
  const { code = "" } = thrown;
  return code.startsWith("08") || code.startsWith("57P") || code === "25006";
}

const transportMessages = /connection terminated|connection ended|timeout exceeded|read timeout|not queryable|closed/i;

function isTransportError(error: Error): boolean {
  const code = errorCode(error);
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return true;
  return transportMessages.test(error.message);
}
