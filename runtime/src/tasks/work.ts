import type { WriteEffect } from "../cache/store.ts";
import { changed, profileWrites } from "../profiles/repository.ts";
import { EmailTakenError, refusingTakenEmail } from "../profiles/service.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
import type { WrittenProfiles } from "./cache-writes.ts";
import { nextDomainStep } from "./domain-change.ts";
import { type PayloadOf, payloads, type TaskProgress, type TaskType } from "./task.ts";

/** A failure that another attempt would only repeat. */
export class PermanentTaskError extends Error {
  override readonly name = "PermanentTaskError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a step comes to: the task's result, or where the next one begins. */
export type StepEnd =
  | { readonly kind: "finished"; readonly result: unknown }
  | { readonly kind: "continued"; readonly state: unknown; readonly progress: TaskProgress };

/** Part of a task's effect, made within one transaction. */
export interface Step {
  /** The profiles that it may write. */
  readonly profileIds: readonly string[];
  apply(transaction: Transaction): Promise<WrittenProfiles<StepEnd>>;
}

/** What a task does, in one step or, if that would take long, in several. */
export interface Work {
  /**
   * The next step.
   *
   * @param state what the step before left; null at the beginning
   */
  next(databases: Pick<Databases, "readAll">, state: unknown): Promise<Step>;
}

type Maker = (payload: unknown) => Work;

/** @throws PermanentTaskError when the payload does not fit the type */
function maker<Type extends TaskType>(type: Type, make: (payload: PayloadOf<Type>) => Work): Maker {
  return (payload) => {
    const parsed = payloads[type].safeParse(payload);
    if (parsed.success) return make(parsed.data as PayloadOf<Type>);
    throw new PermanentTaskError("invalid-payload", `the payload does not fit ${type}`, { cause: parsed.error });
  };
}

/** Work of one step that writes one profile. */
function onProfile(
  profileId: string,
  apply: (transaction: Transaction) => Promise<{ readonly result: unknown; readonly effect: WriteEffect }>,
): Work {
  const step: Step = {
    profileIds: [profileId],
    async apply(transaction) {
      const { result, effect } = await apply(transaction);
      return { result: { kind: "finished", result }, effects: new Map([[profileId, effect]]) };
    },
  };
  return { next: async () => step };
}

const makers: Readonly<Record<TaskType, Maker>> = {
  echo: maker("echo", (payload) => ({
    next: async () => ({
      profileIds: [],
      apply: async () => ({ result: { kind: "finished", result: payload }, effects: new Map() }),
    }),
  })),

  "profile.update": maker("profile.update", ({ profileId, changes }) =>
    onProfile(profileId, async (transaction) => {
      const before = await profileWrites.lock(transaction, profileId);
      if (before === undefined) throw missing(profileId);
      const profile = await refusingTakenEmail(() =>
        profileWrites.replace(transaction, profileId, changed(before, changes)),
      ).catch(rethrowPermanent);
      if (profile === undefined) throw missing(profileId);
      return { result: { profileId, version: profile.version }, effect: { kind: "updated", profile } };
    }),
  ),

  "profile.delete": maker("profile.delete", ({ profileId }) =>
    onProfile(profileId, async (transaction) => {
      if ((await profileWrites.lock(transaction, profileId)) === undefined) throw missing(profileId);
      await profileWrites.delete(transaction, profileId);
      return { result: { profileId }, effect: { kind: "deleted" } };
    }),
  ),

  "profiles.change-domain": maker("profiles.change-domain", (payload) => ({
    next: (databases, state) => nextDomainStep(databases, payload, state),
  })),
};

/**
 * @throws PermanentTaskError when the payload does not fit the type
 * @throws Error when the type is unknown, which a later version of the worker may cure
 */
export function workOf(type: string, payload: unknown): Work {
  if (isTaskType(type)) return makers[type](payload);
  throw new Error(`this version of the worker does not know tasks of type ${type}`);
}

function isTaskType(type: string): type is TaskType {
  return Object.hasOwn(makers, type);
}

function missing(profileId: string): PermanentTaskError {
  return new PermanentTaskError("profile-not-found", `there is no profile ${profileId}`);
}

function rethrowPermanent(thrown: unknown): never {
  if (thrown instanceof EmailTakenError) throw new PermanentTaskError("email-taken", thrown.message, { cause: thrown });
  throw thrown;
}
