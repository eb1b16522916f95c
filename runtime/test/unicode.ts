import * as fc from "fast-check";

/** Texts of any code points, halves of surrogate pairs and control characters included. */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.nat(0xff), fc.nat(0x10_ffff)), { maxLength })
    .map((codePoints) => String.fromCodePoint(...codePoints));
}
