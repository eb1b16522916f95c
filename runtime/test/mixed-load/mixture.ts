export type OperationName = "read" | "readTask" | "update" | "create" | "delete" | "upload" | "delay";

/**
 * Of a thousand requests: 900 read, 100 write, as in the mixture without outages. Twice as many profiles are created as
 * deleted, so that some are left whose last write is long ago.
 */
export const shares: Readonly<Record<OperationName, number>> = {
  read: 880,
  readTask: 20,
  update: 60,
  delay: 20,
  create: 10,
  delete: 5,
  upload: 5,
};

/** Which operation is next. @param random from 0 to below 1 */
export function nextOperation(random: number): OperationName {
  let left = random * 1000;
  for (const [name, share] of Object.entries(shares) as [OperationName, number][]) {
    left -= share;
    if (left < 0) return name;
  }
  return "read";
}

/** What the mixture is made of, as a sentence has it. */
export function describeMixture(): string {
  const parts = {
    "profiles read": "read",
    "tasks read": "readTask",
    updates: "update",
    "delayed tasks": "delay",
  } as const;
  const more = { creations: "create", deletions: "delete", "images uploaded": "upload" } as const;
  return Object.entries({ ...parts, ...more })
    .map(([what, name]) => `${shares[name] / 10} % ${what}`)
    .join(", ");
}
