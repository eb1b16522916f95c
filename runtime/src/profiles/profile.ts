import { z } from "zod";

/** A profile as the API shows it. `version` counts from 1 and grows by one with each change. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly bio?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

// PostgreSQL stores no NUL, and control characters in a name are never meant.
const printable = /^[^\p{Cc}\p{Cs}]*$/u;
const printableLines = /^[^\0\p{Cs}]*$/u;

const name = z.string().trim().min(1).max(200).regex(printable, "must not hold control characters");
const email = z.email().max(254);
const bio = z.string().max(2_000).regex(printableLines, "must not hold NUL characters");

/** What a client sends to create or replace a profile. */
export const profileInput = z.strictObject({ name, email, bio: bio.optional() });
export type ProfileInput = z.infer<typeof profileInput>;

/** Some fields of a profile, at least one; `bio: null` removes it. */
export const profileChanges = z
  .strictObject({ name: name.optional(), email: email.optional(), bio: bio.nullable().optional() })
  .refine((changes) => Object.keys(changes).length > 0, "must change at least one field");
export type ProfileChanges = z.infer<typeof profileChanges>;
