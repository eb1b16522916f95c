/** JSON pointer (RFC 6901) to a place in a body, as a fragment: `#/payload/changes`; `#` for the whole of it. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return ["#", ...path.map(escaped)].join("/");
}

function escaped(name: PropertyKey): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}
