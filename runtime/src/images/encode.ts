import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import { reasonOf } from "../kit/errors.ts";
import { busy } from "./busy.ts";
import type { AcceptedType } from "./formats/sniff.ts";
import { type SizeName, type StoredSizes, sizeNames, sizes } from "./image.ts";
import { ImageRefusedError, saveAnew } from "./refused.ts";

/** An image as it is served. */
export interface EncodedImage {
  /** SHA-256 of all sizes. */
  readonly hash: Buffer;
  readonly sizes: StoredSizes;
  readonly data: Readonly<Record<SizeName, Buffer>>;
}

/** Seconds that decoding, and encoding of one size, may take. */
const patience = 15;

const loaders: Readonly<Record<AcceptedType, string>> = {
  "image/jpeg": "VipsForeignLoadJpegBuffer",
  "image/png": "VipsForeignLoadPngBuffer",
  "image/webp": "VipsForeignLoadWebpBuffer",
  "image/gif": "VipsForeignLoadNsgifBuffer",
};

/**
 * Has the library keep nothing, use one processor an image, and load no other types: it knows a dozen more, and every
 * one of them is a parser that strangers could feed.
 */
export function restrictDecoders(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: Object.values(loaders) });
  // Images are small enough for memory; the folder for scratch files is smaller than they are.
  process.env["VIPS_DISC_THRESHOLD"] = "4g";
}

/**
 * Decodes an image that `inspect` has let through, and encodes its pixels anew: turned as its metadata asks for, in
 * sRGB with 8 bits a colour, without any metadata. Of an animation the first picture is taken.
 *
 * @throws ImageRefusedError when it cannot be decoded; Problem "unavailable" when that takes too long
 */
export async function encode(file: Buffer, maxPixels: number): Promise<EncodedImage> {
  const { large, ...smaller } = sizes;
  const decoded = await decode(file, maxPixels, large);
  const shape = { raw: { width: decoded.width, height: decoded.height, channels: decoded.channels } };
  const encoded: Partial<Record<SizeName, { data: Buffer; width: number; height: number; bytes: number }>> = {};
  for (const name of sizeNames) {
    const image = sharp(decoded.data, shape);
    const sized = name === "large" ? image : within(image, smaller[name]);
    encoded[name] = await finish(sized);
  }
  return assemble(encoded as Required<typeof encoded>);
}

interface Decoded {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

async function decode(file: Buffer, maxPixels: number, side: number): Promise<Decoded> {
  try {
    const image = sharp(file, { failOn: "warning", limitInputPixels: maxPixels, pages: 1 }).autoOrient();
    const { data, info } = await within(image, side)
      .toColourspace("srgb")
      .timeout({ seconds: patience })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch (cause) {
    if (isTimeout(cause)) throw busy("Decoding the image took too long");
    throw new ImageRefusedError("cannot be decoded: it is damaged or incomplete", saveAnew, "image-refused", { cause });
  }
}

async function finish(image: Sharp): Promise<{ data: Buffer; width: number; height: number; bytes: number }> {
  try {
    const { data, info } = await image
      .timeout({ seconds: patience })
      // A photograph takes a third of a second of a processor in the largest size, noise twice that.
      .webp({ quality: 80, alphaQuality: 90, effort: 3 })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, bytes: data.length };
  } catch (cause) {
    if (isTimeout(cause)) throw busy("Encoding the image took too long");
    throw new Error("while encoding an image", { cause });
  }
}

/** Fits into a square, with its proportions; never larger than it was. */
function within(image: Sharp, side: number): Sharp {
  return image.resize(side, side, { fit: "inside", withoutEnlargement: true });
}

function isTimeout(thrown: unknown): boolean {
  return /timeout/i.test(reasonOf(thrown));
}

function assemble(
  encoded: Readonly<Record<SizeName, { data: Buffer; width: number; height: number; bytes: number }>>,
): EncodedImage {
  const hash = createHash("sha256");
  for (const name of sizeNames) {
    const { data } = encoded[name];
    hash.update(`${name} ${data.length}\n`).update(data);
  }
  const each = <T>(value: (size: (typeof encoded)[SizeName]) => T): Record<SizeName, T> => ({
    thumbnail: value(encoded.thumbnail),
    medium: value(encoded.medium),
    large: value(encoded.large),
  });
  return {
    hash: hash.digest(),
    sizes: each(({ width, height, bytes }) => ({ width, height, bytes })),
    data: each(({ data }) => data),
  };
}
