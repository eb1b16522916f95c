import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { pngChunk, pngSignature } from "./png-chunk.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** Pixels of one colour. */
export function plain(width: number, height: number, [red, green, blue]: Colour = [200, 30, 60]): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: green, b: blue } } });
}

/** Pixels in two colours, so that it can be told which way up they are: the upper half, and the lower one. */
export function halves(width: number, height: number, upper: Colour, lower: Colour): Sharp {
  const row = (colour: Colour) => Buffer.concat(Array.from({ length: width }, () => Buffer.from(colour)));
  const rows = Array.from({ length: height }, (_, y) => row(y < height / 2 ? upper : lower));
  return sharp(Buffer.concat(rows), { raw: { width, height, channels: 3 } });
}

/** Pixels that no encoder can make anything of. */
export function noise(width: number, height: number): Sharp {
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });
}

/** Several pictures, one after the other. */
export function animation(width: number, height: number, colours: readonly Colour[]): Sharp {
  const pixels = colours.flatMap((colour) => Array.from({ length: width * height }, () => Buffer.from(colour)));
  const raw = { width, height: height * colours.length, channels: 3 as const, pageHeight: height };
  return sharp(Buffer.concat(pixels), { raw });
}

/** An image whose content nobody else has. */
export function unique(width = 40, height = 30): Promise<Buffer> {
  return noise(width, height).png().toBuffer();
}

/** A PNG that says it has so many pixels, each of a single bit, and has as many as fit in a few kilobytes. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc(Math.min(8_000_000, Math.ceil(width / 8 + 1) * height));
  return Buffer.concat([
    pngSignature,
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(rows, { level: 9 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A PNG with one more chunk behind its header. */
export function withChunk(png: Buffer, name: string, data: Buffer): Buffer {
  const afterHeader = 8 + 25;
  return Buffer.concat([png.subarray(0, afterHeader), pngChunk(name, data), png.subarray(afterHeader)]);
}

/** A JPEG with one more segment at its beginning. */
export function withSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

/** A ZIP archive without files: a program finds it behind whatever stands before it. */
export const emptyZip = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

/** The colour in the middle of an area of an image, each channel. */
export async function colourAt(image: Buffer, x: number, y: number): Promise<readonly number[]> {
  const { data } = await sharp(image)
    .extract({ left: x, top: y, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data];
}

/** Whether two colours are the same but for what a lossy encoder may change. */
export function similar(actual: readonly number[], expected: readonly number[], tolerance = 8): boolean {
  return (
    actual.length === expected.length &&
    expected.every((value, index) => Math.abs(value - (actual[index] ?? -1_000)) <= tolerance)
  );
}
