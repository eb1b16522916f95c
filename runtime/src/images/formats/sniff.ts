import { ImageRefusedError } from "../refused.ts";

export const acceptedTypes = ["image/jpeg", "image/png", "image/webp", "image/gif"] as const;
export type AcceptedType = (typeof acceptedTypes)[number];

/** Whether the beginning of a file, a character a byte, is that of some type. */
type Test = (beginning: string) => boolean;

function starts(...texts: readonly string[]): Test {
  return (beginning) => texts.some((text) => beginning.startsWith(text));
}

const tests: Readonly<Record<AcceptedType, Test>> = {
  "image/jpeg": starts("\xff\xd8\xff"),
  "image/png": starts("\x89PNG\r\n\x1a\n"),
  "image/webp": (beginning) => beginning.startsWith("RIFF") && beginning.startsWith("WEBP", 8),
  "image/gif": starts("GIF87a", "GIF89a"),
};

/** Others that people send, by how they begin: their name makes the refusal clearer. */
const strangers: readonly (readonly [string, Test])[] = [
  ["an SVG drawing", (beginning) => /<svg[\s>/]/i.test(beginning)],
  ["a text with tags, such as HTML", (beginning) => /^(?:\xef\xbb\xbf)?\s*</.test(beginning)],
  ["a HEIC or AVIF image", (beginning) => /^ftyp(?:hei|hev|mif|msf|avi)/.test(beginning.slice(4))],
  ["a video", (beginning) => beginning.startsWith("ftyp", 4) || beginning.startsWith("\x1aE\xdf\xa3")],
  ["a TIFF image", starts("II*\0", "MM\0*")],
  ["a BMP image", starts("BM")],
  ["a PDF document", starts("%PDF-")],
  ["a ZIP archive", starts("PK\x03\x04")],
];

/** Bytes that are looked at. */
const beginningLength = 1_024;

/**
 * The type of a file by its first bytes, whatever its sender says of it.
 *
 * @throws ImageRefusedError when it is none that is accepted
 */
export function sniff(file: Buffer): AcceptedType {
  const beginning = file.toString("latin1", 0, beginningLength);
  const type = acceptedTypes.find((candidate) => tests[candidate](beginning));
  if (type !== undefined) return type;
  const cure = "Send a JPEG, PNG, WebP or GIF.";
  if (file.length === 0) throw new ImageRefusedError("is empty", cure);
  const [name] = strangers.find(([, test]) => test(beginning)) ?? ["of an unknown type"];
  throw new ImageRefusedError(`is ${name}`, cure, "unsupported-media-type");
}
