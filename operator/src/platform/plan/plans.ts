import type { PlatformModel } from "../../components/model.ts";
import { hashOf } from "../../engine/cache/content.ts";
import { Recent } from "../../recent.ts";
import { plan, type Step } from "./plan.ts";

/** A plan takes some hundred kilobytes: what is at work now is kept, and what rests is built again when it wakes. */
const KEPT = 16;

/**
 * Plans of the models that were asked for last. A roll-out has its platform looked at some dozen times in a row, and
 * what is built is the same each time; so are its objects, whose digests are then known.
 */
export class Plans {
  readonly #byModel: Recent<string, readonly Step[]>;

  constructor(kept = KEPT) {
    this.#byModel = new Recent(kept);
  }

  /** As `plan`. The steps are shared: nobody may change them. */
  of(model: PlatformModel): readonly Step[] {
    return this.#byModel.get(hashOf(model), () => plan(model));
  }
}
