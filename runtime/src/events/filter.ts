import { z } from "zod";
import { type Kind, kinds } from "./event.ts";

/** Filters that a subscription has at most, and ids in all of them. */
export const most = { filters: 20, ids: 100 };

const filter = z.strictObject({
  kind: z.enum(kinds, `must be one of ${kinds.join(", ")}`),
  ids: z
    .array(z.uuid("must be a UUID").toLowerCase())
    .min(1, "must name an id; leave it out for all of the kind")
    .max(most.ids, `must have ${most.ids} ids at most; leave it out for all of the kind`)
    .optional()
    .meta({ description: "Of these alone; of all when absent." }),
});

/** What a subscription is about: an event is told when one of them fits. */
export const filters = z
  .array(filter)
  .min(1, "must have a filter; leave it out for all events")
  .max(most.filters, `must have ${most.filters} filters at most`)
  .refine((all) => all.reduce((sum, { ids = [] }) => sum + ids.length, 0) <= most.ids, {
    error: `must have ${most.ids} ids at most, all filters together`,
  });
export type Filters = Readonly<z.infer<typeof filters>>;

/** Everything. */
export const allKinds: Filters = kinds.map((kind) => ({ kind }));

/** Filters as events are compared with them. */
export interface Selection {
  /** Kinds of which all is wanted. */
  readonly whole: ReadonlySet<Kind>;
  /** Single things of other kinds, as `subjectKey` writes them. */
  readonly subjects: ReadonlySet<string>;
}

export function subjectKey(kind: Kind, id: string): string {
  return `${kind}/${id}`;
}

export function selectionOf(wanted: Filters): Selection {
  const whole = new Set(wanted.filter(({ ids }) => ids === undefined).map(({ kind }) => kind));
  const others = wanted.filter(({ kind }) => !whole.has(kind));
  return { whole, subjects: new Set(others.flatMap(({ kind, ids = [] }) => ids.map((id) => subjectKey(kind, id)))) };
}

export function selects({ whole, subjects }: Selection, event: { readonly kind: Kind; readonly subjectId: string }) {
  return whole.has(event.kind) || subjects.has(subjectKey(event.kind, event.subjectId));
}
