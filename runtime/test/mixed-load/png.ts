import { crc32, deflateSync } from "node:zlib";

const side = 16;
const signature = Buffer.from("89504e470d0a1a0a", "hex");

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
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
