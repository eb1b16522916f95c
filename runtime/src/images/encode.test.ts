import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { animation, bomb, type Colour, colourAt, halves, noise, plain, similar } from "../../test/pictures.ts";
import { encode, restrictDecoders } from "./encode.ts";
import { sizeNames } from "./image.ts";
import { ImageRefusedError } from "./refused.ts";

const maxPixels = 25_000_000;
const red: Colour = [255, 0, 0];
const blue: Colour = [0, 0, 255];

beforeAll(restrictDecoders);

async function large(file: Buffer): Promise<Buffer> {
  return (await encode(file, maxPixels)).data.large;
}

async function expectColour(file: Buffer, expected: readonly number[]): Promise<void> {
  const colour = await colourAt(await large(file), 5, 5);
  expect(similar(colour, expected), `${colour.join(" ")} instead of ${expected.join(" ")}`).toBe(true);
}

describe("encode", () => {
  test("makes three sizes that fit into their squares, all WebP", async () => {
    const { sizes, data, hash } = await encode(await plain(3_000, 1_000).png().toBuffer(), maxPixels);
    expect(hash).toHaveLength(32);
    expect(sizes).toMatchObject({
      thumbnail: { width: 160, height: 53 },
      medium: { width: 640, height: 213 },
      large: { width: 1_600, height: 533 },
    });
    for (const name of sizeNames) {
      const { format, width, height } = await sharp(data[name]).metadata();
      expect({ format, width, height, bytes: data[name].length }).toEqual({ format: "webp", ...sizes[name] });
    }
  });

  test("enlarges nothing", async () => {
    const { sizes } = await encode(await plain(200, 100).png().toBuffer(), maxPixels);
    expect(sizes).toMatchObject({
      thumbnail: { width: 160, height: 80 },
      medium: { width: 200, height: 100 },
      large: { width: 200, height: 100 },
    });
  });

  test.each([
    [1, 1, [1, 1]],
    [1, 20_000, [1, 1_600]],
    [20_000, 1, [1_600, 1]],
    [2, 3, [2, 3]],
  ])("takes %i × %i pixels", async (width, height, expected) => {
    const { sizes } = await encode(await plain(width, height).png().toBuffer(), maxPixels);
    expect([sizes.large.width, sizes.large.height]).toEqual(expected);
  });

  test("comes to the same for the same pixels, whatever is said beside them, and to something else for others", async () => {
    const picture = () => plain(100, 80);
    const hashes = await Promise.all(
      [picture(), picture().withExif({ IFD0: { Artist: "Ada" } }), plain(100, 81)].map(async (image) =>
        (await encode(await image.png().toBuffer(), maxPixels)).hash.toString("hex"),
      ),
    );
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  test("turns what a camera held sideways, and says nothing of where and by whom it was taken", async () => {
    const file = await halves(80, 40, red, blue)
      .withExif({
        IFD0: { Artist: "Ada Lovelace" },
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" },
      })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const { exif, orientation } = await sharp(file).metadata();
    expect([orientation, exif?.includes("Ada Lovelace")]).toEqual([6, true]);
    const { data, sizes } = await encode(file, maxPixels);
    expect([sizes.large.width, sizes.large.height]).toEqual([40, 80]);
    // Turned clockwise by a quarter, what was above is on the right.
    expect(similar(await colourAt(data.large, 35, 40), red, 30)).toBe(true);
    expect(similar(await colourAt(data.large, 5, 40), blue, 30)).toBe(true);
    for (const name of sizeNames) {
      const metadata = await sharp(data[name]).metadata();
      expect([metadata.exif, metadata.orientation, metadata.xmp, metadata.icc, metadata.iptc]).toEqual(
        Array.from({ length: 5 }),
      );
    }
  });

  test("brings the colours of another colour space into sRGB", async () => {
    const file = await plain(60, 40, [230, 40, 30]).withIccProfile("p3").png().toBuffer();
    expect((await sharp(file).metadata()).icc).toBeDefined();
    // As they are in the file, they would be others.
    const raw = await sharp(file).keepIccProfile().raw().toBuffer();
    expect(similar([...raw.subarray(0, 3)], [230, 40, 30])).toBe(false);
    await expectColour(file, [230, 40, 30]);
  });

  test("takes what is meant for print, grey, and of 16 bits", async () => {
    const cmyk = await plain(60, 40, [40, 120, 40]).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    const colour = await colourAt(await large(cmyk), 5, 5);
    expect(similar(colour, [40, 120, 40], 40)).toBe(true);
    const deep = await plain(60, 40, [12, 120, 240]).toColourspace("rgb16").png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe("ushort");
    await expectColour(deep, [12, 120, 240]);
    await expectColour(await plain(60, 40, [99, 99, 99]).greyscale().png().toBuffer(), [99, 99, 99]);
    await expectColour(await plain(60, 40, [99, 99, 99]).toColourspace("grey16").png().toBuffer(), [99, 99, 99]);
  });

  test("keeps what can be seen through", async () => {
    const file = await plain(60, 40, [200, 100, 50]).ensureAlpha(0.5).png().toBuffer();
    await expectColour(file, [200, 100, 50, 128]);
    const grey = await plain(60, 40, [99, 99, 99]).greyscale().ensureAlpha(0.5).png().toBuffer();
    await expectColour(grey, [99, 99, 99, 128]);
  });

  test.each(["gif", "webp"] as const)("takes the first picture of an animated %s", async (format) => {
    const file = await animation(60, 40, [red, blue]).toFormat(format).toBuffer();
    expect((await sharp(file, { animated: true }).metadata()).pages).toBe(2);
    const { sizes } = await encode(file, maxPixels);
    expect([sizes.large.width, sizes.large.height]).toEqual([60, 40]);
    await expectColour(file, red);
  });

  test("keeps within bounds what cannot be compressed", async () => {
    const { sizes } = await encode(await noise(1_600, 1_600).jpeg().toBuffer(), maxPixels);
    expect(sizes.large.bytes).toBeLessThan(3_000_000);
  }, 30_000);
});

describe("refused is", () => {
  async function refusal(file: Buffer, limit = maxPixels): Promise<string> {
    return encode(file, limit).then(
      () => "accepted",
      (thrown: unknown) => {
        if (thrown instanceof ImageRefusedError) return thrown.message;
        throw thrown;
      },
    );
  }
  const damaged = "cannot be decoded: it is damaged or incomplete";

  test("a JPEG that was cut off in the middle of its picture and given an end", async () => {
    const file = await noise(300, 200).jpeg().toBuffer();
    const cut = Buffer.concat([file.subarray(0, file.length / 2), Buffer.from([0xff, 0xd9])]);
    expect(await refusal(cut)).toBe(damaged);
  });

  test("a PNG with a wrong checksum, and one with too little in it", async () => {
    const file = await noise(50, 50).png().toBuffer();
    const wrong = Buffer.from(file);
    const at = Math.floor(wrong.length / 2);
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    expect(await refusal(wrong)).toBe(damaged);
    expect(await refusal(bomb(10_000, 10_000), 1e9)).toBe(damaged);
  });

  test("any more pixels than there may be, should nothing else have noticed", async () => {
    expect(await refusal(await plain(100, 100).png().toBuffer(), 9_999)).toBe(damaged);
  });

  test("every type but the four", async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );
    const tiff = await plain(9, 9).tiff().toBuffer();
    for (const file of [svg, tiff, randomBytes(500)]) expect(await refusal(file)).toBe(damaged);
  });
});
