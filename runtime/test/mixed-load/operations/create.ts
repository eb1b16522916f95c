import { profileOf, profilesPath } from "../api.ts";
import type { Reply } from "../connections.ts";
import type { Context, PendingCreation } from "../context.ts";
import type { Outcome } from "../figures/sample.ts";
import { at } from "../oracle/moment.ts";
import { ProfileHistory } from "../oracle/profile-history.ts";
import { fateOf } from "./fate.ts";

/** Creates a profile: one whose creation was not answered, if there is one. */
export async function create(context: Context, dueAt: number): Promise<void> {
  const pending = context.creations.shift() ?? newCreation(context);
  const { answeredAt, status, outcome } = await sendCreation(context, pending);
  context.samples.add({ operation: "create", dueAt, answeredAt, status, outcome });
}

/** Sends a creation, for the first time or again. */
export async function sendCreation(
  context: Context,
  pending: PendingCreation,
): Promise<Pick<Reply, "status" | "answeredAt"> & { readonly outcome: Outcome }> {
  const { connections, ledger } = context;
  const { key, name, email, text } = pending;
  const json = { name, email, bio: text };
  const reply = await connections.send({
    method: "POST",
    path: profilesPath,
    json,
    headers: { "idempotency-key": key },
  });
  const fate = fateOf(reply, 201);
  if (fate === "doubtful") {
    ledger.doubt();
    context.creations.push(pending);
  } else if (fate === "done") {
    begin(context, pending, reply);
  } else if (reply.status === 409) {
    // The address is new, so only this creation can have taken it, without having kept its answer.
    const read = `it was refused ${at(reply.answeredAt)} by ${reply.from} with 409`;
    ledger.find({ kind: "double-effect", profile: email, write: `create with "${text}"`, read });
  }
  return { ...reply, outcome: fate === "done" ? "succeeded" : "failed" };
}

function begin({ population, ledger }: Context, { email, text, sentAt }: PendingCreation, reply: Reply): void {
  const { id, shown } = profileOf(reply);
  const { answeredAt: acknowledgedAt } = reply;
  const history = new ProfileHistory({ id, text, sentAt, acknowledgedAt }, ledger);
  // An answer that is given again is that of the first time, and nobody else knew the profile until now.
  history.read(shown, { ...reply, sentAt: acknowledgedAt });
  population.add({ history, email });
}

function newCreation({ newText, now }: Context): PendingCreation {
  const text = newText();
  return { key: crypto.randomUUID(), name: text, email: `${text}@example.com`, text, sentAt: now() };
}
