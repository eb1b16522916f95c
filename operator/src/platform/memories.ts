import { Applier } from "../engine/apply/applier.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import type { ResourceTypes } from "../engine/client/resource-type.ts";
import type { Logger } from "../engine/kit/log.ts";
import { FIELD_MANAGER } from "../names.ts";
import { WHOLE_PARTS } from "./apply/additions.ts";
import { Contests } from "./apply/contests.ts";
import { ServerErrors } from "./apply/server-errors.ts";
import { Troubles } from "./apply/troubles.ts";
import type { CompactChild } from "./live/compact-child.ts";
import type { PlatformMemory } from "./memory.ts";
import { belongsTo, type PlatformIdentity } from "./plan/identity.ts";

export interface MemoriesOptions {
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly log: Logger;
  /** The form in which the cache has objects. */
  readonly compact: CompactChild;
}

/** The memory of each platform, one incarnation at a time. */
export class Memories {
  readonly #options: MemoriesOptions;
  readonly #memories = new Map<string, PlatformMemory>();

  constructor(options: MemoriesOptions) {
    this.#options = options;
  }

  /** A platform that was deleted and made again starts with nothing remembered. */
  of(identity: PlatformIdentity): PlatformMemory {
    const known = this.#memories.get(identity.name);
    if (known?.uid === identity.uid) return known;
    const memory: PlatformMemory = {
      uid: identity.uid,
      applier: new Applier({
        ...this.#options,
        compactAnswer: this.#options.compact.answer,
        fieldManager: FIELD_MANAGER,
        isOurs: (object, appliedUid) => belongsTo(object, identity, appliedUid),
        wholeParts: WHOLE_PARTS,
      }),
      credentials: new Map(),
      signingKeys: undefined,
      deniedSince: new Map(),
      serverErrors: new ServerErrors(),
      troubles: new Troubles(),
      contests: new Contests(),
    };
    this.#memories.set(identity.name, memory);
    return memory;
  }

  forget(name: string): void {
    this.#memories.delete(name);
  }
}
