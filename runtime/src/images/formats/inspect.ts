import { ImageRefusedError } from "../refused.ts";
import { refuseForeign } from "./foreign.ts";
import { readGif } from "./gif.ts";
import { readJpeg } from "./jpeg.ts";
import { readPng } from "./png.ts";
import { type AcceptedType, sniff } from "./sniff.ts";
import type { Structure, StructureReader } from "./structure.ts";
import { readWebp } from "./webp.ts";

const readers: Readonly<Record<AcceptedType, StructureReader>> = {
  "image/jpeg": readJpeg,
  "image/png": readPng,
  "image/webp": readWebp,
  "image/gif": readGif,
};

/** In pixels. Beyond this, decoders and encoders have limits of their own. */
const longestSide = 30_000;

/**
 * Finds out whether a file is an image that may be decoded, from its structure alone: how large it would become in
 * memory is known before anything is.
 *
 * @param maxPixels of 8 bits a colour; those of 16-bit images count twice
 * @throws ImageRefusedError
 */
export function inspect(file: Buffer, maxPixels: number): AcceptedType {
  const type = sniff(file);
  const structure = readers[type](file);
  refuseLarge(structure, maxPixels);
  refuseForeign(file, structure);
  return type;
}

function refuseLarge({ width, height, depth }: Structure, maxPixels: number): void {
  const cure = "Make it smaller, and send that.";
  const dimensions = `${count(width)} × ${count(height)} pixels`;
  if (width === 0 || height === 0) throw new ImageRefusedError(`has ${dimensions}`, "Send one that shows something.");
  if (width > longestSide || height > longestSide) {
    throw new ImageRefusedError(`has ${dimensions}; a side may have ${count(longestSide)}`, cure);
  }
  if (width * height * depth > maxPixels) {
    const deep = depth === 1 ? "" : ", which count twice at 16 bits a colour";
    throw new ImageRefusedError(`has ${dimensions}${deep}; ${count(maxPixels)} are accepted in all`, cure);
  }
}

function count(value: number): string {
  return value.toLocaleString("en");
}
