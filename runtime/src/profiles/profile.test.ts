import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText } from "../../test/unicode.ts";
import { profileChanges, profileInput } from "./profile.ts";

const ada = { name: "Ada", email: "ada@example.org" };

function messages(input: unknown): readonly string[] {
  const issues = profileInput.safeParse(input).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join(".")} ${message}`);
}

describe("a name", () => {
  test.each([
    ["  Ada  ", "Ada"],
    ["\u00a0Ada\ufeff", "Ada"],
    ["Ame\u0301lie", "Am\u00e9lie"],
    ["\u1112\u1161\u11ab", "\ud55c"],
    ["😀", "😀"],
    ["رنا\u200f", "رنا\u200f"],
    ["O'Brien-Smith", "O'Brien-Smith"],
  ])("%j is stored as %j", (given, stored) => {
    expect(profileInput.parse({ ...ada, name: given }).name).toBe(stored);
  });

  test.each([
    ["\ud83d", "name must be valid Unicode: it holds half of a surrogate pair"],
    ["a\0b", "name must not hold control characters or line breaks"],
    ["a\nb", "name must not hold control characters or line breaks"],
    ["a\u0085b", "name must not hold control characters or line breaks"],
    ["a\u2028b", "name must not hold control characters or line breaks"],
    [
      "\u202egnp.exe",
      "name must not hold characters that override the direction of text (U+202A to U+202E, U+2066 to U+2069)",
    ],
    [
      "a\u2066b\u2069",
      "name must not hold characters that override the direction of text (U+202A to U+202E, U+2066 to U+2069)",
    ],
    ["\u200b\u200d", "name must hold a letter, a digit or a symbol"],
  ])("%j is refused once: %s", (name, message) => {
    expect(messages({ ...ada, name })).toEqual([message]);
  });

  test.each(["", " ", "\u3000"])("%j is refused for being empty", (name) => {
    expect(messages({ ...ada, name })).toHaveLength(1);
  });

  test("has at most 200 characters once it is composed", () => {
    expect(profileInput.parse({ ...ada, name: "e\u0301".repeat(200) }).name).toHaveLength(200);
    // This one falls into two in form C.
    expect(messages({ ...ada, name: "\u0958".repeat(101) })).toHaveLength(1);
  });

  test("counts an emoji as one character, as the OpenAPI document has it", () => {
    expect(profileInput.parse({ ...ada, name: "😀".repeat(200) }).name).toBe("😀".repeat(200));
    expect(messages({ ...ada, name: "😀".repeat(201) })).toEqual(["name must have at most 200 characters"]);
  });
});

describe("a bio", () => {
  test.each([
    [" two\r\n\tlines ", "two\r\n\tlines"],
    ["u\u0308ber", "\u00fcber"],
    ["", ""],
    ["\u202bمرحبا\u202c", "\u202bمرحبا\u202c"],
  ])("%j is stored as %j", (given, stored) => {
    expect(profileInput.parse({ ...ada, bio: given }).bio).toBe(stored);
  });

  test.each(["a\0b", "a\u0007b", "a\u009fb"])("%j is refused", (bio) => {
    expect(messages({ ...ada, bio })).toEqual(["bio must not hold control characters other than tabs and line breaks"]);
  });

  test("of many lines is looked through in no time", () => {
    expect(messages({ ...ada, bio: `a${"\n".repeat(1_998)}\0` })).toHaveLength(1);
  });

  test("holding half of a surrogate pair is refused, and null removes it in a change", () => {
    expect(messages({ ...ada, bio: "\udc00" })).toEqual([
      "bio must be valid Unicode: it holds half of a surrogate pair",
    ]);
    expect(profileChanges.parse({ bio: null })).toEqual({ bio: null });
  });
});

test("an e-mail address is trimmed and otherwise kept as given", () => {
  expect(profileInput.parse({ ...ada, email: " Ada@Example.ORG\n" }).email).toBe("Ada@Example.ORG");
  expect(messages({ ...ada, email: "a\0@example.org" })).toEqual([
    "email must be an e-mail address, such as ada@example.org",
  ]);
});

test.each([
  "o'brien@example.org",
  "a.b!#$%&'*+/=?^_`{|}~-@example.org",
  "user@xn--e1afmkfd.xn--p1ai",
  `${"x".repeat(242)}@example.org`,
])("%s is an e-mail address", (email) => {
  expect(profileInput.parse({ ...ada, email }).email).toBe(email);
});

test.each([
  ".a@example.org",
  "a.@example.org",
  "a..b@example.org",
  "a b@example.org",
  "a@example",
  "a@-b.org",
  "a@b.1",
])("%s is none", (email) => {
  expect(messages({ ...ada, email })).toEqual(["email must be an e-mail address, such as ada@example.org"]);
});

test("whatever is accepted is composed, trimmed, and accepted again unchanged", () => {
  fc.assert(
    fc.property(anyText(), anyText(), (name, bio) => {
      const { data } = profileInput.safeParse({ ...ada, name, bio });
      if (data === undefined) return;
      expect(data.name).toBe(data.name.normalize("NFC").trim());
      expect(data.bio?.isWellFormed()).toBe(true);
      expect(profileInput.parse(data)).toEqual(data);
    }),
  );
});
