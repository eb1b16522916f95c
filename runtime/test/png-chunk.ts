import { crc32 } from "node:zlib";

/** What every PNG begins with. */
export const pngSignature: Buffer = Buffer.from("89504e470d0a1a0a", "hex");

/** One chunk of a PNG: the length of its data, its name, its data, and the checksum of both. */
export function pngChunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
