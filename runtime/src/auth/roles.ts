/** What a token may do, least first: each role may do all that those before it may. */
export const roles = ["viewer", "editor", "admin"] as const;
export type Role = (typeof roles)[number];

/** The highest role among names, of which any number may mean nothing here. */
export function highestRole(names: readonly string[]): Role | undefined {
  return roles.findLast((role) => names.includes(role));
}

/** Whether a role may do what needs another one. */
export function suffices(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(needed);
}
