import { z } from "zod";

/** Years that ISO 8601 writes with four digits and PostgreSQL reads. */
const storableYears = /^(?!0000)\d{4}-/;

/**
 * A time in ISO 8601 with its zone, turned to UTC and cut to milliseconds, as the API shows times. PostgreSQL takes no
 * offset above 15 hours and no year 0, which ISO 8601 allows.
 */
export function instant(message: string): z.ZodType<string, string> {
  return z.iso
    .datetime({ offset: true, error: message })
    .transform((text) => new Date(text).toISOString())
    .refine((text) => storableYears.test(text), "must be in the years 0001 to 9999");
}
