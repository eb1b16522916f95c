import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";
import { lingering } from "./moment.ts";
import { ProfileHistory } from "./profile-history.ts";
import type { Shown } from "./shown.ts";

/** What becomes of a write: `unheard` is carried out, `unseen` is not, and neither is answered. */
type Step = "acknowledged" | "unheard" | "unseen" | "read";

const steps = fc.array(fc.constantFrom<Step>("acknowledged", "unheard", "unseen", "read"), { maxLength: 40 });

/** A platform as it should be: one profile, whose writes require a version. */
class Platform {
  state: Shown = { version: 1, text: "0", images: [] };
  readonly ledger = new Ledger();
  readonly history = new ProfileHistory({ id: "p", text: "0", sentAt: 0, acknowledgedAt: 1 }, this.ledger);
  /** The version of the last write that was acknowledged. */
  acknowledged = 1;
  now = 1;

  take(step: Step): void {
    this.now += 10;
    if (step === "read") this.read(this.state);
    else this.#write(step);
  }

  read(shown: Shown, last = false): void {
    this.history.read(shown, { sentAt: this.now, answeredAt: this.now + 1, from: "http://a" }, last);
  }

  #write(step: Exclude<Step, "read">): void {
    const text = String(this.now);
    const write = this.history.beginUpdate(text, this.now);
    if (write.base !== this.state.version) {
      expect(this.history.conflicted(write, 412, { answeredAt: this.now, from: "http://a" })).toBe(true);
      this.read(this.state);
      return;
    }
    if (step !== "unseen") this.state = { version: write.base + 1, text, images: [] };
    if (step !== "acknowledged") this.history.doubtful();
    else this.history.acknowledged(write, this.state, this.now + 1);
    if (step === "acknowledged") this.acknowledged = this.state.version;
  }
}

test("nothing is found of a platform that keeps its promise, whatever is not answered", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const platform = new Platform();
      for (const step of sequence) platform.take(step);
      platform.read(platform.state, true);
      expect(platform.ledger.findings).toEqual([]);
    }),
  );
});

test("a platform that goes back behind an acknowledged write is found once", () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const platform = new Platform();
      const states: Shown[] = [platform.state];
      for (const step of [...sequence, "acknowledged", "read", "acknowledged"] as const) {
        platform.take(step);
        if (states.at(-1)?.version !== platform.state.version) states.push(platform.state);
      }
      platform.now += lingering;
      const lost = states.findLast(({ version }) => version < platform.acknowledged);
      if (lost === undefined) throw new Error("something was acknowledged");
      platform.read(lost, true);
      expect(platform.ledger.findings).toMatchObject([{ kind: "lost-write", profile: "p", times: 1 }]);
    }),
  );
});
