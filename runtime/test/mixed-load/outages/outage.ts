/** A data service that is killed, once. */
export interface Outage {
  /** What people call it, such as "Redis". */
  readonly name: string;
  /** Resolves once it is dead. */
  readonly kill: () => Promise<void>;
  /** Resolves once it runs again, whoever starts it. */
  readonly restored: () => Promise<void>;
}
