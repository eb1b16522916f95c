import { UsageError } from "../../errors.ts";
import { isStreaming, type Member, named, primaryOf } from "./members.ts";

/** What is to be done by whom. */
export interface Succession {
  readonly primary: Member;
  readonly candidate: Member;
}

/** MB of the log: a primary that hands over stops writing until its successor has all of it. */
const LONGEST_LAG = 64;

/**
 * Who hands over to whom.
 *
 * @param to name of the candidate; the best one when undefined
 * @throws UsageError where a switchover would lose something, or stop writes for long, and says why
 */
export function chooseSuccession(members: readonly Member[], to: string | undefined): Succession {
  const primary = primaryOf(members);
  if (primary === undefined) {
    throw new UsageError(
      "PostgreSQL has no primary that runs, so there is nobody to hand over. Patroni promotes a replica by itself as " +
        "soon as one may be; where that fails, see profileplatform failover --help.",
    );
  }
  if (members.length === 1) {
    throw new UsageError(
      "There is one instance and nobody to hand over to: set spec.postgresql.instances to 3 for replicas.",
    );
  }
  const candidate = to === undefined ? bestCandidate(members) : find(members, to);
  if (candidate === undefined) {
    throw new UsageError(`No replica could take over now: ${describeAll(members)}. Wait until one streams.`);
  }
  if (candidate.name === primary.name) throw new UsageError(`${candidate.name} is the primary already.`);
  const unfit = whyUnfit(members, candidate);
  if (unfit !== undefined) throw new UsageError(`${candidate.name} ${unfit}`);
  return { primary, candidate };
}

/** Of those that lose nothing the one that has least to catch up with. */
function bestCandidate(members: readonly Member[]): Member | undefined {
  const fit = members.filter((member) => !member.isPrimary && whyUnfit(members, member) === undefined);
  return fit.reduce<Member | undefined>(
    (best, one) => (best === undefined || lagOf(one) < lagOf(best) ? one : best),
    undefined,
  );
}

function lagOf({ lag }: Member): number {
  return lag ?? Number.POSITIVE_INFINITY;
}

function whyUnfit(members: readonly Member[], candidate: Member): string | undefined {
  const synchronous = members.filter(({ isSynchronous }) => isSynchronous);
  if (!isStreaming(candidate)) {
    return `is "${candidate.state}" and does not receive what is written: wait until it streams, or choose another one.`;
  }
  if (synchronous.length > 0 && !candidate.isSynchronous) {
    return `is none of the replicas that have all that was acknowledged (${named(synchronous)}): choose one of these.`;
  }
  if (lagOf(candidate) > LONGEST_LAG) {
    const behind = candidate.lag === undefined ? "an unknown length" : `${candidate.lag} MB`;
    return `is behind by ${behind} of the log, and nobody could write until it has that: wait for it, or choose another one.`;
  }
  return undefined;
}

/**
 * Who takes over where nobody is the primary.
 *
 * @param acceptsLoss whether a candidate will do that may lack what was acknowledged
 * @throws UsageError where there is a primary, or the candidate is not fit
 */
export function chooseSuccessor(members: readonly Member[], to: string, acceptsLoss: boolean): Member {
  const primary = primaryOf(members);
  if (primary !== undefined) {
    throw new UsageError(
      `${primary.name} is the primary and runs: profileplatform switchover hands over from it, and loses nothing.`,
    );
  }
  const candidate = find(members, to);
  if (candidate.state !== "running" && candidate.state !== "streaming" && candidate.state !== "in archive recovery") {
    throw new UsageError(`${candidate.name} is "${candidate.state}" and cannot take over: ${describeAll(members)}.`);
  }
  const synchronous = members.filter(({ isSynchronous }) => isSynchronous);
  if (!acceptsLoss && !candidate.isSynchronous) {
    const whom =
      synchronous.length === 0
        ? "Which replica has all that was acknowledged is not known"
        : `Only ${named(synchronous)} is known to have all that was acknowledged`;
    throw new UsageError(
      `${whom}, so that what ${candidate.name} lacks would be lost for good. Bring another one back, or add ` +
        "--accept-data-loss when there is none.",
    );
  }
  return candidate;
}

/**
 * The instance whose data is to be thrown away and copied anew.
 *
 * @throws UsageError where that would lose data, or take away the last replica
 */
export function chooseCopy(members: readonly Member[], name: string): Member {
  const copy = find(members, name);
  const primary = primaryOf(members);
  if (copy.isPrimary) {
    throw new UsageError(`${name} is the primary, and has what all others are copied from: switch over first.`);
  }
  if (primary === undefined) {
    throw new UsageError(`There is no primary that runs to copy from: ${name} keeps its data.`);
  }
  const others = members.filter((member) => member.name !== name && isStreaming(member));
  if (isStreaming(copy) && others.length === 0) {
    throw new UsageError(
      `${name} is the only replica that streams: without it, what is written would be in one place. ` +
        `Wait until another one streams (${describeAll(members)}).`,
    );
  }
  return copy;
}

/**
 * Those to restart, in order: replicas first, and the primary last.
 *
 * @param name the only one to restart; all when undefined
 * @param pending only those with settings that wait for it
 * @throws UsageError where it would stop writes that need not stop
 */
export function chooseRestarts(
  members: readonly Member[],
  { name, pending }: { readonly name: string | undefined; readonly pending: boolean },
): readonly Member[] {
  if (name !== undefined) {
    const member = find(members, name);
    if (member.isPrimary && members.length > 1) {
      throw new UsageError(
        `${name} is the primary: nobody could write during its restart. Leave --instance out to have all restarted, ` +
          "which hands over first, or switch over yourself.",
      );
    }
    return [member];
  }
  const down = members.filter((member) => !member.isPrimary && !isStreaming(member));
  if (down.length > 0 || primaryOf(members) === undefined) {
    throw new UsageError(
      `Not all instances run (${describeAll(members)}): a restart of the others could stop the database. ` +
        "Wait, or name one with --instance.",
    );
  }
  const chosen = members.filter((member) => !pending || member.isRestartPending);
  return [...chosen.filter(({ isPrimary }) => !isPrimary), ...chosen.filter(({ isPrimary }) => isPrimary)];
}

function find(members: readonly Member[], name: string): Member {
  const found = members.find((member) => member.name === name);
  if (found === undefined) throw new UsageError(`There is no instance "${name}"; there is ${named(members)}.`);
  return found;
}

function describeAll(members: readonly Member[]): string {
  return members.map(({ name, isPrimary, state }) => `${name} is ${state}${isPrimary ? ", primary" : ""}`).join("; ");
}
