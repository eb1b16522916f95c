/** What is wrong with one field of a manifest. */
export interface Defect {
  /** Path of the field, such as `spec.server.replicas`; empty for the value as a whole. */
  readonly path: string;
  /** What is wrong and what to do, without the path. */
  readonly message: string;
}

/** Path of an entry in an object or a map. */
export function joinPath(path: string, name: string): string {
  const part = /^[A-Za-z0-9_-]+$/.test(name) ? name : `[${name}]`;
  return path === "" || part.startsWith("[") ? `${path}${part}` : `${path}.${part}`;
}
