import type { Written } from "../cache/cache.ts";
import type { Queryable } from "../kit/stores/postgres.ts";
import { changed, profileWrites } from "../profiles/repository.ts";
import { EmailTakenError, refusingTakenEmail } from "../profiles/service.ts";
import { type PayloadOf, payloads, type TaskType } from "./task.ts";

/** A failure that another attempt would only repeat. */
export class PermanentTaskError extends Error {
  override readonly name = "PermanentTaskError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a task does: its effect, made within a transaction. */
export interface Work {
  /** The profile that it writes, if it writes one. */
  readonly profileId?: string;
  apply(transaction: Queryable): Promise<Written<unknown>>;
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

const makers: Readonly<Record<TaskType, Maker>> = {
  echo: maker("echo", (payload) => ({
    apply: async () => ({ result: payload, effect: { kind: "none" } }),
  })),

  "profile.update": maker("profile.update", ({ profileId, changes }) => ({
    profileId,
    async apply(transaction) {
      const before = await profileWrites.lock(transaction, profileId);
      if (before === undefined) throw missing(profileId);
      const profile = await refusingTakenEmail(() =>
        profileWrites.replace(transaction, profileId, changed(before, changes)),
      ).catch(rethrowPermanent);
      if (profile === undefined) throw missing(profileId);
      return { result: { profileId, version: profile.version }, effect: { kind: "updated", profile } };
    },
  })),

  "profile.delete": maker("profile.delete", ({ profileId }) => ({
    profileId,
    async apply(transaction) {
      if ((await profileWrites.lock(transaction, profileId)) === undefined) throw missing(profileId);
      await profileWrites.delete(transaction, profileId);
      return { result: { profileId }, effect: { kind: "deleted" } };
    },
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
