import type { PlatformBackup, ProfilePlatform } from "@profile-platform/crds";
import { credentialNames, type RandomInt } from "../components/credentials.ts";
import { primaryPod } from "../components/data-layer/postgresql/health.ts";
import { postgresql } from "../components/data-layer/postgresql/index.ts";
import { issueCertificates } from "../components/data-layer/postgresql-repository/certificates.ts";
import { COMPONENTS } from "../components/index.ts";
import { credentialSecretName } from "../components/kit/credential-secret.ts";
import type { PlatformModel } from "../components/model.ts";
import type { SigningKey } from "../components/server-layer/auth/signing-key.ts";
import { PLACE as SERVER } from "../components/server-layer/server/place.ts";
import type { ReadableStore } from "../engine/cache/store.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import type { ApiError } from "../engine/client/api-error.ts";
import type { ResourceTypes } from "../engine/client/resource-type.ts";
import {
  type ReconcileContext,
  type ReconcileOutcome,
  type Reconciler,
  TerminalError,
} from "../engine/controller/controller.ts";
import type { Clock } from "../engine/kit/clock.ts";
import type { Logger } from "../engine/kit/log.ts";
import type { ImageCatalogue } from "../images.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_ARCHIVING } from "../labels.ts";
import { LAYERS } from "../names.ts";
import { bookDenial, type Work } from "./apply/apply-object.ts";
import { awaitRights } from "./apply/await-rights.ts";
import { applyAll } from "./apply/carry-out.ts";
import { classify } from "./apply/classify.ts";
import { confirmation, OutdatedError } from "./apply/confirm.ts";
import { findConflict, rivals } from "./apply/conflict.ts";
import { Ledger } from "./apply/ledger.ts";
import { type Blocked, NOTHING_DONE, type Outcome } from "./apply/outcome.ts";
import { holdBack, rollOut } from "./apply/roll-out.ts";
import { retry, retryStatus } from "./apply/server-errors.ts";
import type { LiveObjects } from "./live/live-objects.ts";
import { objectId } from "./live/object-id.ts";
import { observe } from "./live/observe.ts";
import type { SecretWatches } from "./live/secret-watches.ts";
import { BY_NAMED_PLATFORM } from "./live/watches.ts";
import type { Memories } from "./memories.ts";
import { CredentialUnreadableError, gatherCredentials, NO_CREDENTIALS } from "./plan/gather-credentials.ts";
import { gatherSigningKeys } from "./plan/gather-signing-keys.ts";
import { PatroniRecords } from "./plan/patroni-records.ts";
import { access, type Step } from "./plan/plan.ts";
import { Plans } from "./plan/plans.ts";
import { InvalidSpecError, resolve, type Surroundings } from "./plan/resolve.ts";
import { type TurnTaking, takeTurn } from "./restarts/take-turn.ts";
import type { Turns } from "./restarts/turns.ts";
import type { ComponentState } from "./status/component-state.ts";
import { connectionsOf } from "./status/connections.ts";
import { restartNote } from "./status/events.ts";
import {
  closeMissingNamespaces,
  differing,
  isUntouched,
  isUpkeep,
  type PauseRequest,
  pauseRequest,
} from "./status/pause.ts";
import { type Protection, protection } from "./status/protection.ts";
import type { Reporter } from "./status/report.ts";
import { find, rolledOutGeneration } from "./status/status.ts";

/** What is awaited may carry another platform's label, so that its end wakes that one alone. */
const AWAITED_MS = 1_000;
const IMPATIENT_MS = 100;

export interface PlatformReconcilerOptions {
  /** Fenced. */
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly platforms: ReadableStore;
  readonly backups: ReadableStore;
  readonly live: LiveObjects;
  readonly secrets: SecretWatches;
  readonly memories: Memories;
  readonly reporter: Reporter;
  readonly turns: Turns;
  readonly images: ImageCatalogue;
  readonly operator: NonNullable<PlatformModel["operator"]>;
  readonly randomInt: RandomInt;
  readonly makeKey: () => SigningKey;
  readonly clock: Clock;
}

/** What is generated of a platform, as far as the cluster holds it or it has just been made. */
type Secrets = Pick<Surroundings, "credentials" | "signingKeys">;

const NO_SECRETS: Secrets = { credentials: NO_CREDENTIALS, signingKeys: undefined };

/** Makes the cluster match one ProfilePlatform: gather, resolve, plan, apply, prune, report. */
export class PlatformReconciler implements Reconciler {
  readonly #options: PlatformReconcilerOptions;
  readonly #plans = new Plans();
  readonly #databases = new PatroniRecords();
  /** Platform → the newest that is known of it, by a live look at first. */
  readonly #confirmed = new Map<string, { readonly uid: string; readonly generation: number }>();

  constructor(options: PlatformReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(name: string, { signal, log }: ReconcileContext): Promise<ReconcileOutcome> {
    const { platforms, reporter, secrets, memories, turns } = this.#options;
    const platform = platforms.get(undefined, name) as ProfilePlatform | undefined;
    const uid = platform?.metadata.uid;
    if (platform === undefined || uid === undefined || platform.metadata.deletionTimestamp !== undefined) {
      // Kubernetes removes what the platform owned; there is nothing to do but to let go.
      secrets.release(name);
      reporter.forget(name);
      memories.forget(name);
      this.#databases.forget(name);
      this.#confirmed.delete(name);
      turns.leave(name);
      return {};
    }
    const conflict = findConflict(platform, rivals(platform, platforms));
    if (conflict !== undefined) {
      return this.#block(platform, conflict, signal);
    }
    try {
      return await this.#carryOut(platform, uid, signal, log);
    } catch (error) {
      if (error instanceof OutdatedError) {
        log.info({ error }, "Waiting for the cache to catch up");
        return { requeueAfterMs: AWAITED_MS };
      }
      if (!(error instanceof InvalidSpecError)) throw error;
      const outcome = await this.#block(platform, { reason: "InvalidSpec", message: `${error.message}.` }, signal);
      if (outcome.requeueAfterMs !== undefined) return outcome;
      throw new TerminalError(`the spec of ProfilePlatform ${name} is invalid`, { cause: error });
    }
  }

  async #carryOut(platform: ProfilePlatform, uid: string, signal: AbortSignal, log: Logger): Promise<ReconcileOutcome> {
    const { client, types, live, memories, secrets: watches, clock } = this.#options;
    const identity = { name: platform.metadata.name, uid };
    const memory = memories.of(identity);
    const now = () => clock.monotonic();
    const confirm = confirmation(platform, client, signal);
    const work: Work = { client, types, identity, memory, live, ledger: new Ledger(), signal, now, confirm };
    const { generation = 0 } = platform.metadata;
    const confirmed = this.#confirmed.get(identity.name);
    // Of the one that was confirmed, a later generation is news; only what is not later may be out of date.
    if (confirmed?.uid !== uid || generation < confirmed.generation) await confirm();
    this.#confirmed.set(identity.name, { uid, generation });
    const pause = pauseRequest(platform);

    const outline = this.#resolve(platform, NO_SECRETS);
    await makeAccess(access(outline), pause, work, clock);
    const secrets = await this.#gatherSecrets(outline, work);
    if (secrets === undefined) return this.#waitForSecrets(platform, outline, work, pause);

    const { identity: database } = await this.#databases.of(outline, work);
    const model = { ...this.#resolve(platform, secrets), database };
    const steps = this.#plans.of(model);
    const taking = this.#turnTaking();
    const outcome =
      pause === undefined
        ? await rollOut(steps, model, platform, work, taking)
        : await holdBack(steps, model, platform, { ...work, pause }, taking);
    for (const restart of outcome.restarted) log.info({ restart }, restartNote(restart));
    watches.follow(identity.name, namespacesWithSecrets(steps, work));
    return this.#report(platform, model, outcome, work);
  }

  #turnTaking(): TurnTaking {
    const { turns, clock } = this.#options;
    return { turns, now: clock.now() };
  }

  #resolve(platform: ProfilePlatform, secrets: Secrets): PlatformModel {
    const { images, operator } = this.#options;
    return resolve(platform, { images, operator, ...secrets });
  }

  /** Undefined while the Secrets cannot be read; why is in the ledger. */
  async #gatherSecrets(outline: PlatformModel, work: Work): Promise<Secrets | undefined> {
    const { client, live, randomInt, clock } = this.#options;
    const layers = LAYERS.filter((layer) => COMPONENTS.some((one) => one.layer === layer && one.enabled(outline)));
    const [home = "", ...others] = layers.map((layer) => outline.namespaces[layer]);
    if (work.ledger.isClosed(home)) return undefined;
    const copies = others.filter((namespace) => !work.ledger.isClosed(namespace));
    const fresh = new Set(
      access(outline).flatMap((object) => (isNewNamespace(object, work) ? object.metadata.name : [])),
    );
    try {
      const issue = () => issueCertificates(outline, clock.now());
      const sources = { client, live, randomInt, issue, signal: work.signal };
      const places = { names: credentialNames(outline), home, copies, fresh };
      const credentials = await gatherCredentials(places, work.identity, work.memory, sources);
      return { credentials, signingKeys: await this.#gatherSigningKeys(outline, fresh, work) };
    } catch (error) {
      if (!(error instanceof CredentialUnreadableError)) throw error;
      bookUnreadable(error, work);
      return undefined;
    }
  }

  async #gatherSigningKeys(
    { auth, namespaces }: PlatformModel,
    fresh: ReadonlySet<string>,
    work: Work,
  ): Promise<Secrets["signingKeys"]> {
    const { identity, memory, live, ledger, signal } = work;
    const { client, makeKey, clock } = this.#options;
    const namespace = namespaces[SERVER.layer];
    if (auth.issuer !== "embedded") {
      memory.signingKeys = undefined;
      return undefined;
    }
    // Where nothing can be applied, nothing can be asked either.
    if (ledger.isClosed(namespace)) return [...(memory.signingKeys?.values() ?? [])].map(({ key }) => key);
    const sources = { client, live, makeKey, now: () => clock.now(), signal };
    const place = { namespace, isFresh: fresh.has(namespace) };
    const gathered = await gatherSigningKeys(place, auth, identity, memory, sources);
    ledger.keysChangeInMs = gathered.lookAgainMs;
    if (gathered.trouble !== undefined) bookNoTime(gathered.trouble, namespace, work);
    return gathered.keys;
  }

  /** Without them nothing can be built: components are seen as they are, and wait. */
  async #waitForSecrets(
    platform: ProfilePlatform,
    outline: PlatformModel,
    work: Work,
    pause: PauseRequest | undefined,
  ): Promise<ReconcileOutcome> {
    const { live, ledger } = work;
    const message = ledger.whyClosed ?? "the generated Secrets cannot be read";
    const states = COMPONENTS.filter((component) => component.enabled(outline)).map((component): ComponentState => {
      const health = component.health(observe(component, outline, live), outline);
      return { ...health, name: component.name, layer: component.layer, state: "Waiting", message };
    });
    const paused = pause && {
      ...pause,
      held: differing(access(outline), work),
      untouched: isUntouched(platform.metadata.name, live),
      specChanged: rolledOutGeneration(platform.status) !== platform.metadata.generation,
    };
    const turn = takeTurn(platform, [], states, this.#turnTaking());
    return this.#report(platform, outline, { ...ledger.outcome(states), ...turn, paused }, work);
  }

  async #report(
    platform: ProfilePlatform,
    model: PlatformModel,
    outcome: Outcome,
    { ledger, live, memory, now, signal }: Work,
  ): Promise<ReconcileOutcome> {
    const { reporter } = this.#options;
    const { serverErrors, refusals, failures } = outcome;
    const troubles = [...refusals, ...failures].map(({ object }) => object);
    memory.troubles.met(troubles, hasWritten(outcome), now());
    const troubleMs = memory.troubles.nextMs(now()) ?? Infinity;
    // A pause may have ended since an object was left alone for it: contests then know of nothing to come back for.
    const contestMs = Math.min(ledger.leftForMs, memory.contests.nextMs(now()) ?? Infinity);
    const unconfirmedMs = live.lookAgainMs(platform.metadata.name) ?? Infinity;
    const protection = this.#protection(model, live);
    const soonestMs = Math.min(
      waitMs(outcome, ledger),
      troubleMs,
      contestMs,
      unconfirmedMs,
      ledger.keysChangeInMs,
      protection?.lookAgainMs ?? Infinity,
    );
    if (memory.serverErrors.arePassing(serverErrors, now())) {
      reporter.tell(platform, outcome);
      throw retry(serverErrors, soonestMs);
    }
    const enabled = COMPONENTS.filter((component) => component.enabled(model));
    const found = find(enabled, model, live);
    const connections = connectionsOf(model, this.#databases.known(model.name)?.maxConnections);
    const whole = { ...outcome, protection, connections };
    const reported = await reporter.report(platform, whole, found, signal).catch(retryStatus);
    if (serverErrors.length > 0) throw retry(serverErrors, soonestMs);
    if (!reported) return { requeueAfterMs: IMPATIENT_MS };
    return soonestMs === Infinity ? {} : { requeueAfterMs: soonestMs };
  }

  #protection(model: PlatformModel, live: LiveObjects): Protection | undefined {
    const { backups, clock } = this.#options;
    const { backup } = model.postgresql;
    if (backup === undefined) return undefined;
    const observed = observe(postgresql, model, live);
    const primary = primaryPod(observed);
    const archiving = observed.pods.find(({ metadata }) => metadata.name === primary)?.metadata.annotations;
    const found = backups.byIndex(BY_NAMED_PLATFORM, model.name) as unknown as readonly PlatformBackup[];
    return protection(backup, found, primary && archiving?.[ANNOTATION_ARCHIVING], clock.now());
  }

  async #block(platform: ProfilePlatform, blocked: Blocked, signal: AbortSignal): Promise<ReconcileOutcome> {
    const { reporter, turns } = this.#options;
    turns.leave(platform.metadata.name);
    const pause = pauseRequest(platform);
    const paused = pause && { ...pause, held: [], untouched: false, specChanged: false };
    const reported = await reporter.report(platform, { ...NOTHING_DONE, blocked, paused }, undefined, signal);
    return reported ? {} : { requeueAfterMs: IMPATIENT_MS };
  }
}

/** The namespaces, and the operator's rights in them; while it is paused no namespace that is not there by now. */
async function makeAccess(
  objects: readonly KubernetesObject[],
  pause: PauseRequest | undefined,
  work: Work,
  clock: Clock,
): Promise<void> {
  work.ledger.arrange(objects);
  if (pause !== undefined) closeMissingNamespaces(objects, work);
  const isKept = (object: KubernetesObject) => isUpkeep(object) && work.ledger.closedFor(object) === undefined;
  await applyAll(pause === undefined ? objects : objects.filter(isKept), work);
  const bound = objects.filter((object) => object.kind === "RoleBinding" && work.ledger.isCreated(object));
  const namespaces = bound.flatMap(({ metadata }) => metadata.namespace ?? []);
  await awaitRights(namespaces, credentialSecretName("postgresql"), clock, work);
}

function bookUnreadable(error: CredentialUnreadableError, work: Work): void {
  const verdict = classify(error.cause, error.secret, "read");
  if (verdict?.kind === "denied") bookDenial(error.secret, verdict.message, work);
  else if (verdict?.kind === "server-error") work.ledger.serverFailed(error.secret, verdict.failure);
  else throw error;
}

/** Keys that stay as they are hold up nothing else. */
function bookNoTime(error: ApiError, namespace: string, { ledger }: Work): void {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name: "server-signing-key" } };
  const object = objectId(secret);
  const message =
    "signing keys are neither made nor removed while the API server does not say what time it is " +
    `(${error.status} ${error.reason}): the operator has to be allowed to create selfsubjectreviews, as the ClusterRole ` +
    "system:basic-user allows everybody";
  if (error.status >= 500) ledger.serverFailed(secret, { object, message });
  else ledger.failed(secret, { object, message });
}

function isNewNamespace(object: KubernetesObject, { ledger }: Work): boolean {
  return object.kind === "Namespace" && ledger.isCreated(object);
}

/** In how many milliseconds what is waited for may be there; Infinity where an event will tell. */
function waitMs({ waits, turn, awaitedTurn }: Outcome, { impatient }: Ledger): number {
  const turnHasCome = turn !== undefined && awaitedTurn !== undefined;
  if (impatient || turnHasCome) return IMPATIENT_MS;
  return waits.length > 0 ? AWAITED_MS : Infinity;
}

function hasWritten({ created, configured, corrected, pruned }: Outcome): boolean {
  return [created, configured, corrected, pruned].some((done) => done.length > 0);
}

/** Only where one was applied without trouble: the operator's rights are in effect there. */
function namespacesWithSecrets(steps: readonly Step[], { ledger }: Work): ReadonlySet<string> {
  const secrets = steps.flatMap(({ objects }) => objects).filter(({ kind }) => kind === "Secret");
  const readable = secrets.filter(
    (secret) => ledger.problemOf(secret) === undefined && ledger.closedFor(secret) === undefined,
  );
  return new Set(readable.flatMap(({ metadata }) => metadata.namespace ?? []));
}
