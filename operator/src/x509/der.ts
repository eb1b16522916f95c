import { Buffer } from "node:buffer";

/**
 * The few forms of ASN.1 that a certificate consists of, in the Distinguished Encoding Rules (ITU-T X.690). Libraries
 * for certificates bring some twenty packages and megabytes of them into a program whose memory is counted.
 */
export type DER = Buffer;

export function sequence(...parts: readonly DER[]): DER {
  return tagged(0x30, ...parts);
}

export function set(...parts: readonly DER[]): DER {
  return tagged(0x31, ...parts);
}

export function boolean(value: boolean): DER {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

/** A whole number of up to 31 bits, not negative. */
export function integer(value: number): DER {
  const hex = value.toString(16);
  return positiveInteger(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}

/** A number that is not negative, by its bytes, the highest first. */
export function positiveInteger(bytes: Uint8Array): DER {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = Buffer.from(first < 0 ? [0] : bytes.subarray(first));
  // The highest bit is the sign.
  return tagged(0x02, (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}

export function bitString(bytes: Uint8Array, unusedBits = 0): DER {
  return tagged(0x03, Buffer.from([unusedBits]), Buffer.from(bytes));
}

export function octetString(content: DER): DER {
  return tagged(0x04, content);
}

/** Such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): DER {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(baseOf128)]));
}

export function utf8String(text: string): DER {
  return tagged(0x0c, Buffer.from(text, "utf8"));
}

/** A time to the second: milliseconds since the epoch. Years up to 2049 have two digits, as RFC 5280 wants it. */
export function time(ms: number): DER {
  const digits = new Date(ms).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return new Date(ms).getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2), "ascii"))
    : tagged(0x18, Buffer.from(digits, "ascii"));
}

/** What is told from its neighbours by a number of its own: a whole value inside. */
export function explicit(number: number, content: DER): DER {
  return tagged(0xa0 + number, content);
}

/** The same for a value without a form of its own inside, such as a name in a list of alternatives. */
export function implicit(number: number, content: Uint8Array): DER {
  return tagged(0x80 + number, Buffer.from(content));
}

function tagged(tag: number, ...parts: readonly DER[]): DER {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function baseOf128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
