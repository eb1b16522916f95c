import { malformed, truncated } from "../refused.ts";
import type { Stretch, Structure } from "./structure.ts";

const screenDescriptor = 6;
const imageSeparator = 0x2c;
const extensionIntroducer = 0x21;
const trailer = 0x3b;
/** The label of the extension that tells a frame's delay and transparency: it has nothing else in it. */
const graphicControl = 0xf9;

/** Walks through the blocks. */
export function readGif(file: Buffer): Structure {
  need(file, screenDescriptor + 7);
  let width = file.readUInt16LE(screenDescriptor);
  let height = file.readUInt16LE(screenDescriptor + 2);
  const metadata: Stretch[] = [];
  let pictures = 0;
  let at = screenDescriptor + 7 + colours(file[screenDescriptor + 4]);
  for (;;) {
    need(file, at + 1);
    const kind = file[at];
    if (kind === trailer) break;
    if (kind === extensionIntroducer) {
      need(file, at + 2);
      const from = at + 2;
      const to = afterBlocks(file, from);
      if (file[at + 1] !== graphicControl) metadata.push({ from, to });
      at = to;
    } else if (kind === imageSeparator) {
      need(file, at + 10);
      width = Math.max(width, file.readUInt16LE(at + 1) + file.readUInt16LE(at + 5));
      height = Math.max(height, file.readUInt16LE(at + 3) + file.readUInt16LE(at + 7));
      // One byte for the size of codes stands before the blocks.
      at = afterBlocks(file, at + 10 + colours(file[at + 9]) + 1);
      pictures += 1;
    } else throw malformed(`is broken at byte ${at}: there is no GIF block ${kind}`);
  }
  if (pictures === 0) throw malformed("is a GIF without a picture");
  return { width, height, depth: 1, metadata, end: at + 1 };
}

/** Bytes of a table of colours, which flags tell of. */
function colours(flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Blocks of up to 255 bytes follow each other until an empty one. */
function afterBlocks(file: Buffer, start: number): number {
  let at = start;
  for (;;) {
    need(file, at + 1);
    const length = file[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
}

function need(file: Buffer, length: number): void {
  if (file.length < length) throw truncated("the file: its end is missing");
}
