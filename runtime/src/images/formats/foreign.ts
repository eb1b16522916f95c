import { ImageRefusedError, saveAnew } from "../refused.ts";
import type { Structure } from "./structure.ts";

/** Tags by which a browser or a server takes a file for a page or a program. */
const markup = ["<script", "<html", "<!doctype", "<svg", "<iframe", "<?php"];

/** A ZIP archive is found by its end, which may be followed by a comment of so many bytes. */
const zipEnd = "PK\x05\x06";
const zipEndLength = 22;
const longestComment = 0xffff;

/**
 * Refuses a file that is an image and, to other programs, something else as well. Nothing of a file is ever served but
 * its pixels, encoded anew, so this is the second of two doors.
 *
 * @throws ImageRefusedError
 */
export function refuseForeign(file: Buffer, { end, metadata }: Structure): void {
  if (end < file.length) throw foreign(`is followed by ${file.length - end} bytes that are not part of it`);
  if (hasZipEnd(file)) throw foreign("is a ZIP archive as well");
  const texts = metadata.map(({ from, to }) => file.toString("latin1", from, to));
  for (const text of texts) {
    const lower = text.toLowerCase();
    const tag = markup.find((candidate) => lower.includes(candidate));
    if (tag !== undefined) throw foreign(`holds ${tag} in its metadata`);
  }
  if (metadata.some(({ from }, index) => from < 1_024 && texts[index]?.includes("%PDF-"))) {
    throw foreign("is a PDF document as well");
  }
  // Read as JavaScript, the file begins with a name, and what follows up to the end of the comment is passed by.
  if (opensComment(file) && texts.some((text) => text.includes("*/"))) throw foreign("is a script as well");
}

function opensComment(file: Buffer): boolean {
  return [4, 6].some((at) => file.toString("latin1", at, at + 2) === "/*");
}

function hasZipEnd(file: Buffer): boolean {
  let at = file.length - zipEndLength;
  const earliest = Math.max(0, at - longestComment);
  for (;;) {
    if (at < earliest) return false;
    at = file.lastIndexOf(zipEnd, at, "latin1");
    if (at < earliest || at === -1) return false;
    if (isZipEnd(file, at)) return true;
    at -= 1;
  }
}

/** The same four bytes come about by chance in compressed data, but not with a record that makes sense. */
function isZipEnd(file: Buffer, at: number): boolean {
  const disk = file.readUInt16LE(at + 4);
  const entriesHere = file.readUInt16LE(at + 8);
  const entries = file.readUInt16LE(at + 10);
  const directoryLength = file.readUInt32LE(at + 12);
  const commentLength = file.readUInt16LE(at + 20);
  const fits = directoryLength <= at && at + zipEndLength + commentLength <= file.length;
  return disk === 0 && entriesHere === entries && fits;
}

function foreign(what: string): ImageRefusedError {
  return new ImageRefusedError(what, saveAnew);
}
