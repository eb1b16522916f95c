import { z } from "zod";
import { imageSchema, type StoredImage } from "../images/image.ts";
import { hasAtMost, wellFormed } from "../kit/text.ts";
import { emailPattern } from "./email.ts";

const brokenText = "must be valid Unicode: it holds half of a surrogate pair";

// Composed (NFC), so that what looks the same is the same for filters, sorting and search.
export const profileName = z
  .string()
  .normalize("NFC")
  .trim()
  .min(1, { abort: true })
  .refine(hasAtMost(200), "must have at most 200 characters")
  .regex(wellFormed, { error: brokenText, abort: true })
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must not hold control characters or line breaks")
  .regex(
    /^[^\u202a-\u202e\u2066-\u2069]*$/u,
    "must not hold characters that override the direction of text (U+202A to U+202E, U+2066 to U+2069)",
  )
  .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, "must hold a letter, a digit or a symbol")
  .meta({
    description:
      "The name, trimmed and in Unicode's normalization form C. It holds a letter, a digit or a symbol; no control characters, line breaks, or characters that override the direction of text.",
    maxLength: 200,
  });

// Kept as given, letters' case included; the database compares without regard to it.
export const profileEmail = z
  .string()
  .trim()
  .max(254)
  .check(z.email({ pattern: emailPattern, error: "must be an e-mail address, such as ada@example.org" }))
  .meta({ description: "The e-mail address; one profile only may have it, whatever the case of its letters." });

const bio = z
  .string()
  .normalize("NFC")
  .trim()
  .refine(hasAtMost(2_000), "must have at most 2,000 characters")
  .regex(wellFormed, brokenText)
  .regex(/^[^\p{Cc}]*(?:[\t\n\r][^\p{Cc}]*)*$/u, "must not hold control characters other than tabs and line breaks")
  .meta({
    description:
      "A text about the person, trimmed and in Unicode's normalization form C. It holds no control characters other than tabs and line breaks.",
    maxLength: 2_000,
  });

/** What a client sends to create or replace a profile. */
export const profileInput = z.strictObject({ name: profileName, email: profileEmail, bio: bio.optional() });
export type ProfileInput = z.infer<typeof profileInput>;

/** Some fields of a profile, at least one; `bio: null` removes it. */
export const profileChanges = z
  .strictObject({
    name: profileName.optional(),
    email: profileEmail.optional(),
    bio: bio.nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, "must change at least one field")
  .meta({ description: "At least one field of a profile; `bio: null` removes it.", minProperties: 1 });
export type ProfileChanges = z.infer<typeof profileChanges>;

/** A profile as the API shows it. */
export const profileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  bio: z.string().exactOptional(),
  images: z.array(imageSchema).meta({ description: "In the order in which they were added." }),
  version: z.int().min(1).meta({ description: "Counts from 1 and grows by one with each change." }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ProfileView = Readonly<z.infer<typeof profileSchema>>;

/** A profile as it is stored and cached: where its images are served is added when it is shown. */
export type Profile = Omit<ProfileView, "images"> & { readonly images: readonly StoredImage[] };

/** What is answered with one profile. */
export const profileAnswer = z.object({
  profile: profileSchema,
  source: z.enum(["cache", "database"]).meta({ description: "Where the profile was read." }),
});

/** What is answered with a page of profiles. */
export const profilePage = z.object({
  profiles: z.array(profileSchema),
  nextCursor: z.string().exactOptional().meta({ description: "Leads to the next page; absent on the last one." }),
});

/** The parameters in the path of one profile. */
export const profileParameters = z.strictObject({ id: z.uuid() });
