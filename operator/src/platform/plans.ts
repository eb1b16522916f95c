import type { PlatformModel } from "../components/model.ts";
import { hashOf } from "../engine/content.ts";
import { plan, type Step } from "./plan.ts";

/** A plan takes some hundred kilobytes: what is at work now is kept, and what rests is built again when it wakes. */
const KEPT = 16;

/**
 * Plans of the models that were asked for last. A roll-out has its platform looked at some dozen times in a row, and
 * what is built is the same each time; so are its objects, whose digests are then known.
 */
export class Plans {
  readonly #kept: number;
  readonly #byModel = new Map<string, readonly Step[]>();

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  /** As `plan`. The steps are shared: nobody may change them. */
  of(model: PlatformModel): readonly Step[] {
    const key = hashOf(model);
    const steps = this.#byModel.get(key) ?? plan(model);
    // The last that was asked for stands last.
    this.#byModel.delete(key);
    this.#byModel.set(key, steps);
    for (const oldest of this.#byModel.keys()) {
      if (this.#byModel.size <= this.#kept) break;
      this.#byModel.delete(oldest);
    }
    return steps;
  }
}
