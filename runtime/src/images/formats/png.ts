import { malformed, truncated } from "../refused.ts";
import type { Stretch, Structure } from "./structure.ts";

const signatureLength = 8;
/** Length and name before a chunk's data, its checksum after. */
const head = 8;
const tail = 4;

/** Chunks whose every byte a decoder takes for part of the picture. */
const picture = new Set(["IHDR", "PLTE", "IDAT", "IEND", "fdAT"]);

/** Walks through the chunks. Their checksums are left to the decoder. */
export function readPng(file: Buffer): Structure {
  const metadata: Stretch[] = [];
  let at = signatureLength;
  for (let chunk = chunkAt(file, at); chunk.name !== "IEND"; chunk = chunkAt(file, at)) {
    if (at === signatureLength && (chunk.name !== "IHDR" || chunk.to - chunk.from !== 13)) {
      throw malformed("is a PNG that does not begin with its header");
    }
    if (!picture.has(chunk.name)) metadata.push({ from: chunk.from, to: chunk.to });
    at = chunk.to + tail;
  }
  if (at === signatureLength) throw malformed("is a PNG without a picture");
  const header = signatureLength + head;
  return {
    width: file.readUInt32BE(header),
    height: file.readUInt32BE(header + 4),
    depth: file[header + 8] === 16 ? 2 : 1,
    end: at + head + tail,
    metadata,
  };
}

interface Chunk extends Stretch {
  readonly name: string;
}

function chunkAt(file: Buffer, at: number): Chunk {
  if (at + head + tail > file.length) throw truncated("the file: its end is missing");
  const from = at + head;
  const to = from + file.readUInt32BE(at);
  const name = file.toString("latin1", at + 4, from);
  if (!/^[A-Za-z]{4}$/.test(name)) throw malformed(`is broken at byte ${at}: there is no PNG chunk`);
  if (to + tail > file.length) throw truncated("a chunk");
  return { name, from, to };
}
