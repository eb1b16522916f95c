const positionPattern = /^\d{1,18}$/;

/** A cursor is opaque to clients, so that what it holds can change. */
export function encodeCursor(position: string): string {
  return Buffer.from(`after:${position}`).toString("base64url");
}

/** @returns the position, or undefined when the text is no cursor of ours */
export function decodeCursor(cursor: string): string | undefined {
  const decoded = Buffer.from(cursor, "base64url").toString("utf8");
  const position = decoded.startsWith("after:") ? decoded.slice("after:".length) : "";
  return positionPattern.test(position) ? position : undefined;
}
