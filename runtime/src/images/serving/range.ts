/** Part of a body, from its first byte up to and with its last. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a `Range` header asks for of a body of so many bytes (RFC 9110, section 14).
 *
 * @returns "all" when there is no range that is understood, or several: they are ignored, as they may be;
 * "unsatisfiable" when it begins behind the end
 */
export function rangeOf(header: string | undefined, length: number): ByteRange | "all" | "unsatisfiable" {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? "");
  if (match === null) return "all";
  const [, from = "", to = ""] = match;
  if (from === "") {
    if (to === "") return "all";
    const suffix = Number(to);
    return suffix === 0 || length === 0 ? "unsatisfiable" : { first: Math.max(0, length - suffix), last: length - 1 };
  }
  const first = Number(from);
  const last = to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (last < first) return "all";
  return first >= length ? "unsatisfiable" : { first, last: Math.min(last, length - 1) };
}
