import { CONFIG_DIRECTORY, SCOPE } from "../../components/data-layer/postgresql/place.ts";
import { type Member, parseMembers } from "./members.ts";

/** What a command printed; throws with what it printed when it failed. */
export type RunInPod = (pod: string, command: readonly string[]) => Promise<string>;

const PATRONICTL = ["patronictl", "--config-file", `${CONFIG_DIRECTORY}/patroni.yml`];

/**
 * Patroni, asked by its own tool inside the pods, which has the password of its interface. The tool ends well even
 * where Patroni refused, so that what came of it has to be looked at; what it said is returned.
 */
export class Patroni {
  readonly #run: RunInPod;
  readonly #pods: readonly string[];

  /** @param pods that can be asked, the best first */
  constructor(run: RunInPod, pods: readonly string[]) {
    this.#run = run;
    this.#pods = pods;
  }

  /** By the first pod that can be asked. */
  async members(): Promise<readonly Member[]> {
    const failures: unknown[] = [];
    for (const pod of this.#pods) {
      try {
        return parseMembers(await this.#run(pod, [...PATRONICTL, "list", "--format", "json"]));
      } catch (error) {
        failures.push(error);
      }
    }
    throw new Error("no pod of PostgreSQL could ask Patroni how it is", { cause: failures[0] });
  }

  /** The primary hands over: it stops, its successor has all of its log, and takes over. */
  switchover(primary: string, candidate: string): Promise<string> {
    return this.#tell("switchover", SCOPE, "--leader", primary, "--candidate", candidate, "--force");
  }

  /** A replica takes over with what it has. */
  failover(candidate: string): Promise<string> {
    return this.#tell("failover", SCOPE, "--candidate", candidate, "--force");
  }

  /** An instance throws its data away and copies that of the primary; resolves when it has. */
  reinit(member: string): Promise<string> {
    return this.#tell("reinit", SCOPE, member, "--force", "--wait");
  }

  /** Restarts PostgreSQL, not its pod; resolves when it has. */
  restart(member: string): Promise<string> {
    return this.#tell("restart", SCOPE, member, "--force");
  }

  /** By one pod, for what did not end well may have been done. */
  async #tell(...args: readonly string[]): Promise<string> {
    const [pod = ""] = this.#pods;
    return this.#run(pod, [...PATRONICTL, ...args]);
  }
}
