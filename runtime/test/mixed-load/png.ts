import { deflateSync } from "node:zlib";
import { pngChunk, pngSignature } from "../png-chunk.ts";

const side = 16;

/** A picture of 16 × 16 pixels, another one each time. @param random from 0 to below 1 */
export function randomPng(random: () => number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // 8 bits a colour, three colours.
  header[8] = 8;
  header[9] = 2;
  const row = () => Buffer.from([0, ...Array.from({ length: 3 * side }, () => Math.floor(random() * 256))]);
  const rows = Buffer.concat(Array.from({ length: side }, row));
  return Buffer.concat([pngSignature, pngChunk("IHDR", header), pngChunk("IDAT", deflateSync(rows)), pngChunk("IEND")]);
}
