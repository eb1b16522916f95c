import { malformed, truncated } from "../refused.ts";
import type { Stretch, Structure } from "./structure.ts";

/** `RIFF`, the length of what follows, `WEBP`. */
const riffHead = 12;
const chunkHead = 8;

type Dimensions = Pick<Structure, "width" | "height">;

/** Chunks whose every byte a decoder takes for part of the picture. */
const picture = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"]);

/** Walks through the chunks of the container. */
export function readWebp(file: Buffer): Structure {
  const end = chunkHead + file.readUInt32LE(4);
  if (end > file.length) throw truncated("the file: its end is missing");
  const metadata: Stretch[] = [];
  let dimensions: Dimensions | undefined;
  let at = riffHead;
  while (at < end) {
    if (at + chunkHead > end) throw malformed(`is broken at byte ${at}: there is no WebP chunk`);
    const name = file.toString("latin1", at, at + 4);
    const from = at + chunkHead;
    const to = from + file.readUInt32LE(at + 4);
    if (to > end) throw truncated("a chunk");
    dimensions ??= dimensionsIn(name, file.subarray(from, to));
    if (!picture.has(name)) metadata.push({ from, to });
    // Chunks begin at even places.
    at = to + (to % 2);
  }
  if (dimensions === undefined) throw malformed("is a WebP without a picture");
  return { ...dimensions, depth: 1, metadata, end: Math.min(file.length, Math.max(end, at)) };
}

function dimensionsIn(name: string, data: Buffer): Dimensions | undefined {
  if (name === "VP8X" && data.length >= 10) {
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  }
  if (name === "VP8L" && data.length >= 5) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (name === "VP8 " && data.length >= 10) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  return undefined;
}
