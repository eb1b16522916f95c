import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { animation, bomb, emptyZip, halves, noise, plain, withChunk, withSegment } from "../../../test/pictures.ts";
import { ImageRefusedError } from "../refused.ts";
import { inspect } from "./inspect.ts";

const maxPixels = 1_000_000;

/** What is said of a refused file; "accepted" with its type of one that is not. */
function verdict(file: Buffer, limit = maxPixels): string {
  try {
    return `accepted as ${inspect(file, limit)}`;
  } catch (thrown) {
    if (thrown instanceof ImageRefusedError) return thrown.message;
    throw thrown;
  }
}

let jpeg: Buffer;
let png: Buffer;
let webp: Buffer;
let gif: Buffer;

beforeAll(async () => {
  const picture = () => noise(60, 40);
  [jpeg, png, webp, gif] = await Promise.all([
    picture().jpeg().toBuffer(),
    picture().png().toBuffer(),
    picture().webp().toBuffer(),
    picture().gif().toBuffer(),
  ]);
});

describe("accepted is", () => {
  test("each type, in each of its ways", async () => {
    const picture = () => noise(60, 40);
    const files: readonly (readonly [string, Promise<Buffer>])[] = [
      ["image/jpeg", picture().jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer()],
      ["image/jpeg", picture().toColourspace("cmyk").jpeg().toBuffer()],
      [
        "image/jpeg",
        picture()
          .keepExif()
          .withExif({ IFD0: { Artist: "Ada" } })
          .jpeg()
          .toBuffer(),
      ],
      ["image/jpeg", picture().withIccProfile("p3").jpeg().toBuffer()],
      ["image/png", picture().png({ progressive: true }).toBuffer()],
      ["image/png", picture().ensureAlpha(0.5).png().toBuffer()],
      ["image/png", picture().png({ palette: true, colours: 4 }).toBuffer()],
      ["image/png", picture().withIccProfile("p3").png().toBuffer()],
      ["image/webp", picture().webp({ lossless: true }).toBuffer()],
      ["image/webp", picture().ensureAlpha(0.5).webp().toBuffer()],
      [
        "image/webp",
        picture()
          .withExif({ IFD0: { Artist: "Ada" } })
          .webp()
          .toBuffer(),
      ],
      [
        "image/webp",
        animation(8, 6, [
          [1, 2, 3],
          [200, 100, 50],
        ])
          .webp()
          .toBuffer(),
      ],
      [
        "image/gif",
        animation(8, 6, [
          [1, 2, 3],
          [200, 100, 50],
        ])
          .gif()
          .toBuffer(),
      ],
      ["image/png", plain(1, 1).png().toBuffer()],
      ["image/gif", plain(1, 1).gif().toBuffer()],
    ];
    for (const [type, file] of files) expect(verdict(await file)).toBe(`accepted as ${type}`);
  });

  test("a JPEG with another one behind it, as cameras write previews and gain maps", async () => {
    const preview = await plain(10, 10).jpeg().toBuffer();
    expect(verdict(Buffer.concat([jpeg, preview]))).toBe("accepted as image/jpeg");
    expect(verdict(Buffer.concat([jpeg, Buffer.alloc(100), preview, Buffer.alloc(3)]))).toBe("accepted as image/jpeg");
  });

  test("exactly as many pixels as there may be", async () => {
    const file = await plain(100, 50).png().toBuffer();
    expect(verdict(file, 5_000)).toBe("accepted as image/png");
    expect(verdict(file, 4_999)).toBe("has 100 × 50 pixels; 4,999 are accepted in all");
  });

  test("metadata with the marks of XMP", () => {
    const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<?xpacket begin=""?><x:xmpmeta><rdf:RDF/></x:xmpmeta>');
    expect(verdict(withSegment(jpeg, 0xe1, xmp))).toBe("accepted as image/jpeg");
  });
});

describe("refused for its type is", () => {
  test.each([
    ["nothing", "", "is empty"],
    [
      "SVG with a script",
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
      "is an SVG drawing",
    ],
    ["SVG behind a prologue", '\ufeff<?xml version="1.0"?>\n<!-- x -->\n<svg/>', "is an SVG drawing"],
    ["HTML", "\n <!DOCTYPE html><body>", "is a text with tags, such as HTML"],
    ["PDF", "%PDF-1.7", "is a PDF document"],
    ["BMP", "BM\x10\x00\x00\x00", "is a BMP image"],
    ["text", "just words", "is of an unknown type"],
    ["half a signature", "\x89PN", "is of an unknown type"],
  ])("%s", (_name, text, message) => {
    expect(verdict(Buffer.from(text))).toBe(message);
  });

  test("HEIC, a film, a ZIP archive, TIFF", () => {
    expect(verdict(Buffer.from("\0\0\0\x18ftypheic", "latin1"))).toBe("is a HEIC or AVIF image");
    expect(verdict(Buffer.from("\0\0\0\x18ftypisom", "latin1"))).toBe("is a video");
    expect(verdict(Buffer.from("PK\x03\x04", "latin1"))).toBe("is a ZIP archive");
    expect(verdict(Buffer.from("II*\0", "latin1"))).toBe("is a TIFF image");
  });
});

describe("refused for its size is", () => {
  test("a PNG of a few kilobytes that would take gigabytes", () => {
    const file = bomb(50_000, 50_000);
    expect(file.length).toBeLessThan(20_000);
    expect(verdict(file, 25_000_000)).toBe("has 50,000 × 50,000 pixels; a side may have 30,000");
    expect(verdict(bomb(20_000, 20_000), 25_000_000)).toBe(
      "has 20,000 × 20,000 pixels; 25,000,000 are accepted in all",
    );
  });

  test("what says of itself that it has no side, or the longest that there is", () => {
    expect(verdict(bomb(0, 10))).toBe("has 0 × 10 pixels");
    expect(verdict(bomb(0xffff_ffff, 1))).toBe("has 4,294,967,295 × 1 pixels; a side may have 30,000");
  });

  test("a 16-bit image of more than half as many pixels", async () => {
    const file = await plain(100, 60).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(file).metadata()).depth).toBe("ushort");
    expect(verdict(file, 12_000)).toBe("accepted as image/png");
    expect(verdict(file, 11_999)).toBe(
      "has 100 × 60 pixels, which count twice at 16 bits a colour; 11,999 are accepted in all",
    );
  });

  test("a GIF whose frame is larger than its screen", () => {
    const large = Buffer.from(gif);
    const separator = large.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 60, 0, 40, 0]));
    large.writeUInt16LE(60_000, separator + 5);
    expect(verdict(large)).toBe("has 60,000 × 40 pixels; a side may have 30,000");
  });
});

describe("refused for being something else as well is", () => {
  test("an image with anything behind it", () => {
    const html = Buffer.from("<html><script>alert(1)</script>");
    for (const file of [jpeg, png, webp, gif]) {
      expect(verdict(Buffer.concat([file, emptyZip]))).toBe("is followed by 22 bytes that are not part of it");
      expect(verdict(Buffer.concat([file, html]))).toBe("is followed by 31 bytes that are not part of it");
    }
  });

  test("a GIF that is a script: its header opens a comment", () => {
    const script = Buffer.from(gif);
    script.write("/*", 6, "latin1");
    expect(verdict(Buffer.concat([script, Buffer.from("*/=1;alert(1)")]), 1e9)).toMatch(/^is followed by 13 bytes/);
    const comment = Buffer.from([0x21, 0xfe, 5, ...Buffer.from("*/=1;"), 0]);
    const inside = Buffer.concat([script.subarray(0, -1), comment, script.subarray(-1)]);
    expect(verdict(inside, 1e9)).toBe("is a script as well");
  });

  test("a JPEG that is a script: the length of its first segment opens a comment", () => {
    const comment = Buffer.alloc(0x2f2a - 2, " ");
    comment.write("JFIF*/=alert(1)/*");
    expect(verdict(withSegment(jpeg, 0xe0, comment))).toBe("is a script as well");
  });

  test("a JPEG with a page in its comment", () => {
    expect(verdict(withSegment(jpeg, 0xfe, Buffer.from("<SCRIPT src=//evil></SCRIPT>")))).toBe(
      "holds <script in its metadata",
    );
    expect(verdict(withSegment(jpeg, 0xee, Buffer.from("x<?php system($_GET[0])")))).toBe(
      "holds <?php in its metadata",
    );
  });

  test("a PNG with a page, an archive or a document in a chunk", () => {
    expect(verdict(withChunk(png, "tEXt", Buffer.from("Comment\0<svg onload=alert(1)>")))).toBe(
      "holds <svg in its metadata",
    );
    expect(verdict(withChunk(png, "zzZz", emptyZip))).toBe("is a ZIP archive as well");
    expect(verdict(withChunk(png, "tEXt", Buffer.from("Comment\0%PDF-1.4")))).toBe("is a PDF document as well");
  });
});

describe("refused for being cut off is", () => {
  test("every beginning of every type", async () => {
    const small = await halves(9, 7, [255, 0, 0], [0, 0, 255]).jpeg().toBuffer();
    for (const file of [small, png, webp, gif]) {
      for (let length = 0; length < file.length; length += 1) {
        expect(verdict(file.subarray(0, length)), `${length} of ${file.length}`).toMatch(/^(?:is|ends|has 0) /);
      }
    }
  });

  test("a JPEG without its end, with a sentence that says so", () => {
    expect(verdict(jpeg.subarray(0, -2))).toBe("ends in the middle of the picture");
    expect(verdict(jpeg.subarray(0, 30))).toBe("ends in the middle of a segment");
    expect(verdict(png.subarray(0, -1))).toBe("ends in the middle of the file: its end is missing");
  });
});

test("a progressive JPEG of a thousand scans, each a pass over all of it", () => {
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const scans = Array.from({ length: 1_000 }, () => jpeg.subarray(scan, -2));
  const file = Buffer.concat([jpeg.subarray(0, scan), ...scans, jpeg.subarray(-2)]);
  expect(verdict(file)).toBe("has more than 100 scans");
});

test("no bytes make it do anything but accept or refuse", () => {
  for (const file of [jpeg, png, webp, gif]) {
    for (let at = 0; at < file.length; at += 1) {
      const broken = Buffer.from(file);
      broken[at] = (broken[at] ?? 0) ^ (1 << (at % 8));
      expect(verdict(broken)).toMatch(/^(?:accepted|is|has|ends|holds) /);
    }
  }
});
